import { z } from 'zod'
import {
  allOrNoneSet,
  atLeastOneNonEmpty,
  ENTITY,
  exactlyOneNonEmpty,
  expectedOneOf,
  failedCondition,
  MUST_BE_NULL,
  mustBeDistinct,
  REQUIRED,
} from './kong-messages.ts'

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

/** At least one of the fields is neither null nor empty. */
export function atLeastOneOf(fields: readonly string[], whenIn: RunsWhen = ALWAYS): EntityCheck {
  return {
    fields: [...whenIn.fields, ...fields],
    ...(whenIn === ALWAYS ? { form: { kind: 'at-least-one', fields } } : {}),
    violations: (read) =>
      !whenIn.isTrue(read) || fields.some((field) => isNonEmpty(read(field)))
        ? []
        : [{ field: ENTITY, message: whenIn.message?.(fields) ?? atLeastOneNonEmpty(fields) }],
  }
}

/** A condition on other fields, and what to say when the rule then fails. */
export interface RunsWhen {
  readonly fields: readonly string[]
  readonly isTrue: (read: FieldReader) => boolean
  readonly message?: (fields: readonly string[]) => string
}

const ALWAYS: RunsWhen = { fields: [], isTrue: () => true }

/** Exactly one of the fields is neither null nor empty. */
export function exactlyOneOf(fields: readonly string[]): EntityCheck {
  return {
    fields,
    form: { kind: 'exactly-one', fields },
    violations: (read) =>
      fields.filter((field) => isNonEmpty(read(field))).length === 1
        ? []
        : [{ field: ENTITY, message: exactlyOneNonEmpty(fields) }],
  }
}

/** All of the fields are null or none is. */
export function allOrNone(fields: readonly string[]): EntityCheck {
  return {
    fields,
    form: { kind: 'all-or-none', fields },
    violations: (read) => {
      const set = fields.filter((field) => (read(field) ?? null) !== null)
      return set.length === 0 || set.length === fields.length
        ? []
        : [{ field: ENTITY, message: allOrNoneSet(fields) }]
    },
  }
}

/** No two of the fields have the same value; null equals nothing. */
export function distinct(fields: readonly string[]): EntityCheck {
  return {
    fields,
    form: { kind: 'distinct', fields },
    violations: (read) => {
      const values = fields.map(read).filter((value) => value !== null && value !== undefined)
      return new Set(values).size === values.length
        ? []
        : [{ field: ENTITY, message: mustBeDistinct(fields) }]
    },
  }
}

export interface Condition {
  readonly when: string
  /** The rule applies when the value of `when` passes. */
  readonly is: ValueTest
  readonly field: string
  readonly must: Requirement
}

/** One field decides what another may be. */
export function conditional({ when, is, field, must }: Condition): EntityCheck {
  return {
    fields: [when, field],
    form: { kind: 'conditional', when, is, field, must },
    violations: (read) => {
      const wrong = passes(is, read(when)) ? problemWith(must, read(field)) : null
      if (wrong === null) return []
      return [
        { field: ENTITY, message: failedCondition(when) },
        { field, message: wrong },
      ]
    },
  }
}

function passes(test: ValueTest, value: unknown): boolean {
  return 'oneOf' in test ? test.oneOf.includes(value) : !test.noneOf.includes(value)
}

function problemWith(must: Requirement, value: unknown): string | null {
  if ('isGiven' in must) return isNonEmpty(value) ? (must.problem?.(value) ?? null) : REQUIRED
  if ('isNull' in must) return (value ?? null) === null ? null : MUST_BE_NULL
  return must.oneOf.includes(value) ? null : expectedOneOf(must.oneOf)
}

/** Neither null nor an empty string, array or map. */
export function isNonEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return false
  return typeof value !== 'object' || Object.keys(value).length > 0
}

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
