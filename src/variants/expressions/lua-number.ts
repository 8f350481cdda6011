/**
 * The number that Lua's `tonumber` makes of a value, NaN for what it makes none of: numbers, and texts that are a
 * decimal or hexadecimal number with blanks around it. Unlike JavaScript's: not `''`, `0o17`, `Infinity`, booleans.
 */
export function luaNumber(value: unknown): number {
  if (typeof value === 'number') return value
  return typeof value === 'string' ? textNumber(value) : Number.NaN
}

const DECIMAL = /^[ \t-\r]*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?[ \t-\r]*$/i
const HEXADECIMAL = /^[ \t-\r]*([+-]?)(0x[\da-f]+)[ \t-\r]*$/i

function textNumber(text: string): number {
  if (DECIMAL.test(text)) return Number(text)
  const [, sign, digits] = HEXADECIMAL.exec(text) ?? []
  const magnitude = digits === undefined ? Number.NaN : Number(digits)
  return sign === '-' ? -magnitude : magnitude
}
