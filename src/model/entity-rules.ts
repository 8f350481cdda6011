import type { EntityCheck, FieldReader, Requirement, ValueTest } from './entity-checks.ts'
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

/** No two of the fields have the same value; null equals nothing. `normalize` makes one text of all that mean the same. */
export function distinct(
  fields: readonly string[],
  normalize: (value: unknown) => unknown = (value) => value,
): EntityCheck {
  return {
    fields,
    form: { kind: 'distinct', fields },
    violations: (read) => {
      const values = fields.map(read).filter((value) => value !== null && value !== undefined)
      return new Set(values.map(normalize)).size === values.length
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
  return (value ?? null) === null || must.oneOf.includes(value) ? null : expectedOneOf(must.oneOf)
}

/** Neither null nor an empty string, array or map. */
export function isNonEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return false
  return typeof value !== 'object' || Object.keys(value).length > 0
}
