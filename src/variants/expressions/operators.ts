import { isAddressOrRange } from '../../model/addresses.ts'
import { compileIpSet } from '../../model/ip-set.ts'
import type { Literal, Value } from './expression.ts'
import { ExpressionError, type Position, shown } from './expression-error.ts'
import { luaNumber } from './lua-number.ts'
import type { OperatorName } from './operator-names.ts'
import type { PatternBudget } from './pattern-budget.ts'

/** Whether the value of a variable passes. */
export type Check = (value: Value) => boolean

/** Where a literal stands, and what patterns the expression may still have. */
export interface LiteralPlace {
  readonly position: Position
  readonly patterns: PatternBudget
}

/**
 * The comparison with a literal, ready for every request: what can be known of the literal is found out here.
 * Which types pass, and what becomes of nil: reference apisix.md, b1. Throws ExpressionError for a literal that the
 * operator cannot use.
 */
export function compileOperator(
  operator: OperatorName,
  literal: Literal,
  place: LiteralPlace,
): Check {
  return OPERATORS[operator](literal, place)
}

const OPERATORS = {
  '==': equal,
  '~=': (literal) => {
    const isEqual = equal(literal)
    return (value) => !isEqual(value)
  },
  '>': (literal) => {
    const limit = luaNumber(literal)
    return (value) => luaNumber(value) > limit
  },
  '>=': (literal) => {
    const limit = luaNumber(literal)
    return (value) => luaNumber(value) >= limit
  },
  '<': (literal) => {
    const limit = luaNumber(literal)
    return (value) => luaNumber(value) < limit
  },
  '<=': (literal) => {
    const limit = luaNumber(literal)
    return (value) => luaNumber(value) <= limit
  },
  '~~': (literal, place) => matching(literal, place, false),
  '~*': (literal, place) => matching(literal, place, true),
  in: (literal) => {
    if (!Array.isArray(literal)) return NEVER
    const elements = new Set(literal.filter(isScalar))
    return (value) => isScalar(value) && elements.has(value)
  },
  has: (literal) => {
    if (!isScalar(literal)) return NEVER
    return (value) => Array.isArray(value) && value.includes(literal)
  },
  ipmatch: addressIn,
} satisfies Record<OperatorName, (literal: Literal, place: LiteralPlace) => Check>

const NEVER: Check = () => false

type Scalar = string | number | boolean

/** What can be equal to something: two lists or objects never are, in Lua. */
function isScalar(value: unknown): value is Scalar {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

function equal(literal: Literal): Check {
  // NaN, for what is no number, equals nothing.
  if (typeof literal === 'number') return (value) => luaNumber(value) === literal
  if (literal === undefined) return (value) => value === undefined
  return isScalar(literal) ? (value) => value === literal : NEVER
}

/** Searched anywhere in the text. Lua makes text of numbers and of true; false and nil are not searched. */
function matching(
  literal: Literal,
  { position, patterns }: LiteralPlace,
  ignoreCase: boolean,
): Check {
  if (typeof literal !== 'string' && typeof literal !== 'number') {
    const hint = 'a pattern must be a string'
    throw new ExpressionError('invalid regular expression', position, hint)
  }
  const regex = patterns.compile(String(literal), { ignoreCase }, position)
  return (value) => {
    if (typeof value === 'string') return regex.test(value)
    return (typeof value === 'number' || value === true) && regex.test(String(value))
  }
}

function addressIn(literal: Literal, { position }: LiteralPlace): Check {
  const entries: readonly unknown[] = Array.isArray(literal) ? literal : [literal]
  if (literal === undefined || literal === '' || entries.length === 0) {
    const hint = 'here must be an address, a CIDR block or a list of them'
    throw new ExpressionError('invalid ip address', position, hint)
  }
  const set = compileIpSet(
    entries.map((entry, i) => ipEntry(entry, Array.isArray(literal) ? [...position, i] : position)),
  )
  return (value) => typeof value === 'string' && set.has(value)
}

function ipEntry(entry: unknown, position: Position): string {
  if (typeof entry === 'string' && isAddressOrRange(entry)) return entry
  const given = typeof entry === 'string' ? entry : JSON.stringify(entry)
  throw new ExpressionError(`invalid ip address: ${shown(given)}`, position)
}
