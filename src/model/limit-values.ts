import { type Parsed, parseDuration } from './setting-values.ts'

/** `8KiB`, `1MiB`, `512` (bytes); between 1 and `most` bytes. */
export function parseSize(most: number): (text: string) => Parsed<number> {
  return (text) => {
    const [, digits, unit] = /^(\d{1,10})(B|KiB|MiB)?$/.exec(text) ?? []
    const bytes = Number(digits) * (UNIT_BYTES[unit ?? 'B'] ?? Number.NaN)
    return bytes >= 1 && bytes <= most
      ? { kind: 'ok', value: bytes }
      : wrong(
          `must be a number of bytes, alone or with KiB or MiB behind it, from 1 to ${most}, for example 8KiB`,
        )
  }
}

/** A whole number from `least` to `most`. */
export function parseCount(least: number, most: number): (text: string) => Parsed<number> {
  return (text) => {
    const count = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
    return count >= least && count <= most
      ? { kind: 'ok', value: count }
      : wrong(`must be a whole number from ${least} to ${most}`)
  }
}

/** A duration in milliseconds, long enough to be measured. */
export function parseTimeLimit(text: string): Parsed<number> {
  const duration = parseDuration(text)
  if (duration.kind === 'wrong') return duration
  return duration.value.milliseconds >= SHORTEST_MS
    ? { kind: 'ok', value: duration.value.milliseconds }
    : wrong(`must be at least ${SHORTEST_MS}ms`)
}

/** The same, or null for `off` (and `false`, which YAML files say). */
export function orOff<T>(parse: (text: string) => Parsed<T>): (text: string) => Parsed<T | null> {
  return (text) => {
    if (text === 'off' || text === 'false') return { kind: 'ok', value: null }
    const parsed = parse(text)
    return parsed.kind === 'ok' ? parsed : wrong(`${parsed.allowed}, or off`)
  }
}

/** Shorter ones are over before a busy process has looked. */
const SHORTEST_MS = 10
const UNIT_BYTES: Readonly<Record<string, number>> = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20 }

function wrong(allowed: string): { readonly kind: 'wrong'; readonly allowed: string } {
  return { kind: 'wrong', allowed }
}
