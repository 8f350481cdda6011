/** Numbers by name: ports of the upstream servers, and the gateway's clock in seconds as `now`. */
export type PlaceholderValues = Readonly<Record<string, number>>

const PLACEHOLDER = /\{(one|two|three|dead|now)([+-]\d+)?\}/g
const WHOLE = new RegExp(`^${PLACEHOLDER.source}$`)

/** The same value with every placeholder in its texts replaced; a text that is only one becomes a number. */
export function withPlaceholders<T>(value: T, values: PlaceholderValues): T {
  return replaced(value, values) as T
}

function replaced(value: unknown, values: PlaceholderValues): unknown {
  if (typeof value === 'string') return replacedText(value, values)
  if (Array.isArray(value)) return value.map((item) => replaced(item, values))
  if (typeof value !== 'object' || value === null || value instanceof RegExp) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, replaced(item, values)]),
  )
}

function replacedText(text: string, values: PlaceholderValues): string | number {
  if (!text.includes('{')) return text
  const whole = WHOLE.exec(text)
  if (whole !== null) return numberOf(whole[1], whole[2], values)
  return text.replaceAll(PLACEHOLDER, (_, name: string, offset?: string) =>
    String(numberOf(name, offset, values)),
  )
}

function numberOf(name = '', offset: string | undefined, values: PlaceholderValues): number {
  return (values[name] ?? Number.NaN) + Number(offset ?? 0)
}
