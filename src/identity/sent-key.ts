import { textFromHeader } from '../model/header-text.ts'
import { queryValues } from '../model/query-args.ts'
import type { HeaderFields, ParsedRequest } from '../model/request.ts'

/** A name under which a key may come; a place that is switched off is null. */
export interface KeyPlace {
  /** Lower-case. */
  readonly header: string | null
  readonly queryArg: string | null
}

export type SentKey =
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'duplicate' }

/**
 * The key that a request carries: the first of `places` that has one, in the header before the query (Kong, Key Auth
 * plugin). A key that is repeated there is `duplicate`: which of them is meant would be a guess. An empty value is no
 * key.
 */
export function readSentKey(request: ParsedRequest, places: readonly KeyPlace[]): SentKey {
  for (const { header, queryArg } of places) {
    const inHeader = header === null ? NONE : fieldValue(request.fields, header)
    const looksInQuery = inHeader === NONE && queryArg !== null
    const key = looksInQuery ? argValue(request.query, queryArg) : inHeader
    if (key === SEVERAL) return DUPLICATE
    if (typeof key === 'string' && key !== '') return { kind: 'key', key }
  }
  return MISSING
}

const NONE = Symbol('no value')
const SEVERAL = Symbol('several values')
type Sent = string | typeof NONE | typeof SEVERAL

const MISSING: SentKey = { kind: 'missing' }
const DUPLICATE: SentKey = { kind: 'duplicate' }

function fieldValue({ names, values }: HeaderFields, name: string): Sent {
  const index = names.indexOf(name)
  if (index === -1) return NONE
  if (names.indexOf(name, index + 1) !== -1) return SEVERAL
  return textFromHeader(values[index] as string)
}

function argValue(query: string, name: string): Sent {
  const values = queryValues(query, name)
  if (values.length > 1) return SEVERAL
  return values[0] ?? NONE
}
