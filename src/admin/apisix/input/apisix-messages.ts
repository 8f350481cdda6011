import { z } from 'zod'
import { type FieldType, fieldTypeOf } from '../../../model/field-type.ts'

/** The message for a value that is not there, to be said of the object around it. */
export const MISSING = 'missing'

/**
 * Says zod's issues in the words of APISIX (api7/jsonschema; reference apisix.md, c2). Rules that zod does not know bring
 * their own message.
 */
export function apisixMessage(issue: z.core.$ZodRawIssue): string {
  if (issue.input === undefined && issue.code !== 'custom') return MISSING
  switch (issue.code) {
    case 'invalid_type':
      return wrongType(expectedTypeOf(issue.inst), issue.input)
    case 'invalid_union':
      return ruleOfOption(issue) ?? wrongType('string or integer', issue.input)
    case 'invalid_value':
      return `matches none of the enum values: ${(issue.values ?? []).join(', ')}`
    case 'too_small':
      return atLeast(issue.input, Number(issue.minimum))
    case 'too_big':
      return atMost(issue.input, Number(issue.maximum))
    case 'unrecognized_keys':
      return `additional properties forbidden, found ${issue.keys?.[0]}`
    default:
      return 'invalid value'
  }
}

/** The rule that the value breaks, when its type is that of an option. */
function ruleOfOption(issue: z.core.$ZodRawIssue): string | null {
  const problems = (issue.errors ?? []) as readonly (readonly z.core.$ZodIssue[])[]
  return problems.flat().find(({ code }) => code === 'custom')?.message ?? null
}

const TYPE_NAMES: Readonly<Record<FieldType, string>> = {
  string: 'string',
  number: 'number',
  integer: 'integer',
  boolean: 'boolean',
  array: 'array',
  set: 'array',
  map: 'object',
  record: 'object',
  foreign: 'object',
}

function expectedTypeOf(schema: unknown): string {
  return schema instanceof z.core.$ZodType ? TYPE_NAMES[fieldTypeOf(schema)] : 'string'
}

function wrongType(expected: string, input: unknown): string {
  return `wrong type: expected ${expected}, got ${typeNameOf(input)}`
}

function typeNameOf(input: unknown): string {
  if (input === null) return 'null'
  if (Array.isArray(input)) return 'array'
  return typeof input
}

function atLeast(input: unknown, minimum: number): string {
  if (typeof input === 'string') {
    return `string too short, expected at least ${minimum}, got ${input.length}`
  }
  if (Array.isArray(input)) return `expect array to have at least ${minimum} items`
  return `expected ${input} to be at least ${minimum}`
}

function atMost(input: unknown, maximum: number): string {
  if (typeof input === 'string') {
    return `string too long, expected at most ${maximum}, got ${input.length}`
  }
  if (Array.isArray(input)) return `expect array to have at most ${maximum} items`
  return `expected ${input} to be at most ${maximum}`
}
