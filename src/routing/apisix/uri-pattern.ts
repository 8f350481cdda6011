import { normalUri } from '../../model/apisix/uri.ts'

/** A uri taken apart at its `*`, each of which stands for any text, slashes and none included. */
export interface UriPattern {
  /** What a path begins with; all of it when `rest` is null. */
  readonly prefix: string
  /** What comes behind, each with any text before it, the last one at the end of the path; null for an exact uri. */
  readonly rest: readonly string[] | null
  /** Characters beside the `*`. */
  readonly literalLength: number
}

/**
 * Takes a valid uri apart. A `*` that is a whole segment stands for any text; elsewhere it ends the pattern, and what
 * is behind it does not count (reference apisix.md, d1).
 */
export function parseUri(uri: string): UriPattern {
  const literals = literalsOf(normalUri(uri))
  const [prefix = '', ...rest] = literals
  const literalLength = literals.reduce((sum, { length }) => sum + length, 0)
  return { prefix, rest: rest.length === 0 ? null : rest, literalLength }
}

/** Whether a path that begins with the prefix goes on as the pattern does. */
export function restFits(rest: readonly string[], path: string, prefixLength: number): boolean {
  let from = prefixLength
  const last = rest.length - 1
  for (let i = 0; i < last; i += 1) {
    const literal = rest[i] ?? ''
    // The first place is the best: it leaves most to what comes behind.
    const at = path.indexOf(literal, from)
    if (at === -1) return false
    from = at + literal.length
  }
  const end = rest[last] ?? ''
  return path.length - end.length >= from && path.endsWith(end)
}

/** Texts between the `*`; an empty one at the end says that any text may follow. */
function literalsOf(uri: string): readonly string[] {
  const segments = uri.split('/')
  const odd = segments.findIndex((segment) => segment.includes('*') && segment !== '*')
  if (odd === -1) return uri.split('*')
  const [beforeStar = ''] = (segments[odd] ?? '').split('*')
  const kept = [...segments.slice(0, odd), beforeStar].join('/')
  return [...kept.split('*'), '']
}
