import { z } from 'zod'

/** Reads a field by its dotted path: `hash_on`, `config.hash`. */
export type FieldReader = (field: string) => unknown

export interface Violation {
  /** Dotted path of the field, or `@entity`. */
  readonly field: string
  readonly message: string
}

/** A rule of several fields. It runs when all of them are valid by themselves. */
export interface EntityCheck {
  readonly fields: readonly string[]
  readonly violations: (read: FieldReader) => readonly Violation[]
  /** What the rule says, for those who show it; absent when only its code can tell. */
  readonly form?: CheckForm
}

export type CheckForm =
  | {
      readonly kind: 'at-least-one' | 'exactly-one' | 'all-or-none' | 'distinct'
      readonly fields: readonly string[]
    }
  | {
      readonly kind: 'conditional'
      readonly when: string
      readonly is: ValueTest
      readonly field: string
      readonly must: Requirement
    }

/** What a value is for a condition to hold. */
export type ValueTest =
  | { readonly oneOf: readonly unknown[] }
  | { readonly noneOf: readonly unknown[] }

/** What a field must be under a condition. */
export type Requirement =
  | { readonly isGiven: true; readonly problem?: (value: unknown) => string | null }
  | { readonly isNull: true }
  | { readonly oneOf: readonly unknown[] }

/**
 * Adds cross-field rules to a schema. Unlike zod's own refinements they also run when other fields
 * are wrong, so that one answer names every problem.
 */
export function withEntityChecks<S extends z.ZodType>(
  schema: S,
  checks: readonly EntityCheck[],
): S {
  const checked = schema.check(
    z.core._check<z.output<S>>(
      ({ value, issues }) => {
        const read: FieldReader = (field) => readField(value, field)
        const invalid = issues.filter(({ code }) => code !== 'unrecognized_keys').map(dottedPath)
        const runnable = checks.filter(
          ({ fields }) => !fields.some((field) => invalid.some((path) => isWithin(path, field))),
        )
        for (const { field, message } of runnable.flatMap((check) => check.violations(read))) {
          issues.push({ code: 'custom', input: value, path: field.split('.'), message })
        }
      },
      { when: () => true },
    ),
  )
  ENTITY_CHECKS.add(checked, { checks })
  return checked
}

/** The rules that `withEntityChecks` added to a schema. */
export function entityChecksOf(schema: z.core.$ZodType): readonly EntityCheck[] {
  return ENTITY_CHECKS.get(schema)?.checks ?? []
}

const ENTITY_CHECKS = z.registry<{ readonly checks: readonly EntityCheck[] }>()

function readField(value: unknown, field: string): unknown {
  let found = value
  for (const key of field.split('.')) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined
    found = Reflect.get(found, key)
  }
  return found
}

function dottedPath(issue: { readonly path?: readonly PropertyKey[] | undefined }): string {
  return (issue.path ?? []).join('.')
}

/** True when a problem at `path` makes the value of `field` useless. */
function isWithin(path: string, field: string): boolean {
  return (
    path === '' || path === field || path.startsWith(`${field}.`) || field.startsWith(`${path}.`)
  )
}
