import { GatewayError } from '../../model/errors.ts'
import { FORBIDDEN_KEYS } from '../../model/forbidden-keys.ts'
import { MAX_PEM_LENGTH } from '../../model/pem.ts'

export const MAX_DEPTH = 64
export const MAX_VALUES = 10_000
export const MAX_KEY_LENGTH = 8192

/** The longest text that any field takes. A longer one may be refused without being read. */
export const MAX_TEXT_LENGTH = MAX_PEM_LENGTH

/**
 * Refuses input that is hostile whatever it is for, with unparsable_body: nesting beyond 64 levels, more than
 * 10 000 values (each could be a problem to report), keys that reach a prototype or are longer than any name, NUL and
 * lone surrogates in text (no database keeps them). Walks without recursion.
 */
export function refuseHostileInput(input: object): void {
  const pending: { readonly value: object; readonly depth: number }[] = [{ value: input, depth: 1 }]
  let valueCount = 0
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { value, depth } = next
    if (depth > MAX_DEPTH) throw tooDeep()
    const keys = Object.keys(value)
    valueCount += keys.length
    if (valueCount > MAX_VALUES) throw tooManyValues()
    for (const key of keys) {
      if (FORBIDDEN_KEYS.has(key)) throw refusal(`the key '${key}' is not allowed`)
      if (key.length > MAX_KEY_LENGTH) throw keyTooLong()
      refuseText(key)
      const child: unknown = (value as Record<string, unknown>)[key]
      if (typeof child === 'string') refuseText(child)
      else if (typeof child === 'object' && child !== null) {
        pending.push({ value: child, depth: depth + 1 })
      }
    }
  }
}

function refuseText(text: string): void {
  if (text.includes('\0')) throw refusal('it contains a NUL character')
  if (!text.isWellFormed()) throw refusal('it contains half of a surrogate pair')
}

/** What to throw for a body that is hostile whatever it is for. */
export function refusal(reason: string, cause?: unknown): GatewayError {
  return new GatewayError('unparsable_body', `Cannot accept the body: ${reason}`, { cause })
}

export const tooDeep = () => refusal(`it is nested more than ${MAX_DEPTH} levels deep`)
export const tooManyValues = () => refusal(`it holds more than ${MAX_VALUES} values`)
export const keyTooLong = () => refusal(`a key is longer than ${MAX_KEY_LENGTH} characters`)
export const textTooLong = () => refusal(`a text is longer than ${MAX_TEXT_LENGTH} characters`)
