import { z } from 'zod'
import { FIELD_TYPES } from './field-type.ts'
import { BAD_UUID, lengthAtMost } from './kong-messages.ts'
import { isUuid } from './uuid.ts'

/** A field that must be given. */
export function required<S extends z.ZodType>(schema: S, description: string): S {
  return schema.describe(description)
}

/** A field that may be left out or null. */
export function optional<S extends z.ZodType>(schema: S, description: string) {
  return z
    .nullable(schema)
    .default(null as z.core.util.NoUndefined<z.output<S> | null>)
    .describe(description)
}

/** A field with a default, in which null is refused as missing. */
export function withDefault<S extends z.ZodType>(
  schema: S,
  value: z.core.util.NoUndefined<z.output<S>>,
  description: string,
) {
  return schema.default(value).describe(description)
}

/** A field with a default that may also be null, which means the default to whoever reads it. */
export function nullableWithDefault<S extends z.ZodType>(
  schema: S,
  value: z.core.util.NoUndefined<z.output<S>>,
  description: string,
) {
  return z.nullable(schema).default(value).describe(description)
}

/**
 * A field beyond those of Kong, absent by default: clients that do not know it are not shown it. Null means absent, once
 * the entity is `overwrite`n with `absentWhenNull`.
 */
export function extension<S extends z.ZodType>(schema: S, description: string) {
  return z.nullable(schema).optional().describe(description)
}

/** Takes an extension that is null out of an entity. */
export function absentWhenNull(field: string): <T extends object>(entity: T) => T {
  return (entity) => {
    if (Reflect.get(entity, field) !== null) return entity
    const others = { ...entity }
    Reflect.deleteProperty(others, field)
    return others
  }
}

/** A record whose fields all have defaults: left out, it is made of them. */
export function recordWithDefaults<S extends z.ZodObject>(schema: S, description: string) {
  return schema.prefault({} as z.input<S>).describe(description)
}

/** The same for a record that may also be null, which means its defaults to whoever reads it. */
export function nullableRecordWithDefaults<S extends z.ZodObject>(schema: S, description: string) {
  return z
    .nullable(schema)
    .prefault({} as z.input<S>)
    .describe(description)
}

/**
 * A rule of one value: returns what is wrong with it or null. Later rules of the same field do not run.
 * The issue leaves `continue` unset on purpose: `false` would also keep the checks of the entity from running.
 */
export function rule<T>(problem: (value: T) => string | null): z.core.CheckFn<T> {
  return ({ value, issues }) => {
    const message = problem(value)
    if (message !== null) issues.push({ code: 'custom', input: value, message })
  }
}

/**
 * A non-empty string of at most 8192 characters, which is what a header field or a path can carry.
 * Control characters and unpaired surrogates are refused everywhere, since these values end up in header
 * fields, log lines and UTF-8 databases.
 */
export const text = () => z.string().min(1).check(rule(lengthProblem), rule(printableProblem))

const MAX_TEXT_LENGTH = 8192

function lengthProblem(value: string): string | null {
  return value.length > MAX_TEXT_LENGTH ? lengthAtMost(MAX_TEXT_LENGTH) : null
}

function printableProblem(value: string): string | null {
  return CONTROL_CHARACTER.test(value) || !value.isWellFormed()
    ? 'invalid value: must not contain control characters or unpaired surrogates'
    : null
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
const CONTROL_CHARACTER = /[\u0000-\u001f\u007f]/

/** One of the given words. */
export const oneOf = <const V extends readonly [string, ...string[]]>(values: V) => z.enum(values)

/** A whole number within limits, both included. */
export const integer = (minimum: number, maximum: number) => z.int().min(minimum).max(maximum)

/** A number within limits, both included. */
export const number = (minimum: number, maximum: number) => z.number().min(minimum).max(maximum)

/** TCP or UDP port. */
export const port = () => integer(0, 65535)

/** Milliseconds from 1 to 2^31 - 2; Kong allows no 0 (never) here. */
export const timeoutMs = () => integer(1, 2147483646)

/**
 * Most elements of a list, and most keys of a map. Each is checked, compiled and shown again with every change of the
 * entity, by the thread that forwards requests.
 */
export const MAX_ELEMENTS = 1000

/** A list in its order. */
export const listOf = <S extends z.ZodType>(elements: S) => z.array(elements).max(MAX_ELEMENTS)

/** An unordered list: duplicates are dropped. */
export function setOf<S extends z.ZodType>(elements: S) {
  return listOf(elements).overwrite(withoutDuplicates).register(FIELD_TYPES, { type: 'set' })
}

function withoutDuplicates<T>(values: T[]): T[] {
  const byContent = new Map(values.map((value) => [JSON.stringify(value), value]))
  return [...byContent.values()]
}

/** A UUID of any version, kept in lower case. */
export const uuid = () =>
  z
    .string()
    .check(rule((value: string) => (isUuid(value) ? null : BAD_UUID)))
    .overwrite((value) => value.toLowerCase())
    .register(FIELD_TYPES, { type: 'string', isUuid: true })

/** `{"id": "…"}` of an entity of this kind. That it exists is for the store to say. */
export function foreignKey(reference: string) {
  return z
    .strictObject({ id: required(uuid(), `Id of the entity in ${reference}.`) })
    .register(FIELD_TYPES, { type: 'foreign', reference })
}

/** Ids of entities of this kind. That they exist is for the store to say. */
export function foreignKeyList(reference: string) {
  return listOf(uuid()).register(FIELD_TYPES, { type: 'array', reference })
}

const NAME = /^[\w.~\u0080-\uffff-]+$/

/** Unique name that can stand in a URL path: ASCII letters, digits and `. - _ ~`, and any UTF-8. */
export const name = () =>
  text().check(
    rule((value: string) =>
      NAME.test(value)
        ? null
        : `invalid value '${value}': the only accepted ascii characters are alphanumerics or ., -, _, and ~`,
    ),
  )

const TAG = /^[^,/]+$/

/** Labels to select entities by. */
export const tags = () =>
  optional(
    setOf(
      text().check(
        rule((tag: string) =>
          TAG.test(tag)
            ? null
            : `invalid tag '${tag}': expected printable ascii (except \`,\` and \`/\`) or valid utf-8 sequences`,
        ),
      ),
    ),
    'Labels to select entities by, such as an environment or a team. No effect on traffic.',
  )

export const id = () => required(uuid(), 'Primary key, a UUID; made by the gateway unless given.')

const badTimestamp = rule((value: number) => (value > 0 ? null : 'expected a valid timestamp'))

/** Whole seconds since 1970-01-01 UTC. */
export const timestampSeconds = (event: string) =>
  required(z.int().check(badTimestamp), `When it was ${event}, in seconds since 1970-01-01 UTC.`)

/** Seconds since 1970-01-01 UTC with milliseconds as fraction. */
export const timestampFractional = (event: string) =>
  required(
    z.number().check(badTimestamp),
    `When it was ${event}, in seconds since 1970-01-01 UTC, with milliseconds as fraction.`,
  )
