import ipaddr from 'ipaddr.js'

/**
 * What a valid expression means, written down as plainly as possible: walks the JSON anew for every request, evaluates
 * all of it, knows no bounds. The compiled expression must agree with it.
 */
export function naiveHolds(vars: unknown, readVariable: (name: string) => unknown): boolean {
  const [first, ...rest] = vars as readonly unknown[]
  if (first === undefined) return true
  if (Array.isArray(first)) return [first, ...rest].every((rule) => naiveHolds(rule, readVariable))
  const results = () => rest.map((rule) => naiveHolds(rule, readVariable))
  switch (String(first).toUpperCase()) {
    case 'AND':
      return results().every((result) => result)
    case 'OR':
      return results().some((result) => result)
    case '!AND':
      return !results().every((result) => result)
    case '!OR':
      return !results().some((result) => result)
    default:
      return naiveTest(vars as readonly unknown[], readVariable)
  }
}

const OPERATORS = ['==', '~=', '>', '>=', '<', '<=', '~~', '~*', 'in', 'has', 'ipmatch']

function naiveTest(rule: readonly unknown[], readVariable: (name: string) => unknown): boolean {
  const value = readVariable(rule[0] as string)
  if (rule.length === 4) return !compare(value, String(rule[2]).toLowerCase(), rule[3])
  const word = String(rule[1]).toLowerCase()
  if (rule.length === 2 && !OPERATORS.includes(word)) return compare(value, '==', word)
  return compare(value, word, rule[2])
}

function compare(value: unknown, operator: string, literal: unknown): boolean {
  const [left, right] = [naiveNumber(value), naiveNumber(literal)]
  switch (operator) {
    case '==':
      return isEqual(value, literal)
    case '~=':
      return !isEqual(value, literal)
    case '>':
      return left > right
    case '>=':
      return left >= right
    case '<':
      return left < right
    case '<=':
      return left <= right
    case '~~':
      return isSearched(value) && new RegExp(String(literal)).test(String(value))
    case '~*':
      return isSearched(value) && new RegExp(String(literal), 'i').test(String(value))
    case 'in':
      return Array.isArray(literal) && literal.some((element) => isSame(value, element))
    case 'has':
      return Array.isArray(value) && value.some((element) => isSame(element, literal))
    case 'ipmatch':
      return [literal].flat().some((network) => isInNetwork(value, String(network)))
    default:
      throw new Error(`no operator: ${operator}`)
  }
}

function isEqual(value: unknown, literal: unknown): boolean {
  if (typeof literal === 'number') return naiveNumber(value) === literal
  return (literal ?? null) === null ? value === undefined : isSame(value, literal)
}

/** Lua compares lists by identity. */
function isSame(a: unknown, b: unknown): boolean {
  return a === b && a !== undefined && typeof a !== 'object'
}

function isSearched(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || value === true
}

function naiveNumber(value: unknown): number {
  if (typeof value === 'number') return value
  if (typeof value !== 'string') return Number.NaN
  const text = value.replace(/^[ \t\n\v\f\r]+/, '').replace(/[ \t\n\v\f\r]+$/, '')
  const [, sign, hexadecimal] = /^([+-]?)0x([0-9a-f]+)$/i.exec(text) ?? []
  if (hexadecimal !== undefined) return Number.parseInt(hexadecimal, 16) * (sign === '-' ? -1 : 1)
  return text === '' || /[^0-9eE.+-]/.test(text) ? Number.NaN : Number(text)
}

function isInNetwork(value: unknown, network: string): boolean {
  if (typeof value !== 'string' || !isAddress(value)) return false
  const [base = '', bits] = network.split('/')
  const parsed = ipaddr.parse(base)
  const width = parsed.toByteArray().length * 8
  // An IPv4-mapped address is where the IPv4 address is, too.
  return [ipaddr.parse(value), ipaddr.process(value)].some((address) => {
    const isComparable = address.kind() === parsed.kind()
    return isComparable && address.match(parsed, bits === undefined ? width : Number(bits))
  })
}

/** The library also takes `10` for an address. */
function isAddress(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text)
}
