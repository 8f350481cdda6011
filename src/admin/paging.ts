import { GatewayError } from '../model/errors.ts'
import type { Page } from '../store/store.ts'

const DEFAULT_SIZE = 100
const MAX_SIZE = 1000
/** Positions of lists of entities and changes are sequence numbers. */
const POSITION = /^\d{1,16}$/

/** Page size from the query. Fails with invalid_size (Kong's code 9). */
export function readSize(query: URLSearchParams): number {
  const given = query.get('size')
  if (given === null) return DEFAULT_SIZE
  const size = Number(given)
  if (given.trim() === '' || Number.isNaN(size)) {
    throw new GatewayError('invalid_size', 'size must be a number')
  }
  if (!Number.isInteger(size) || size < 1 || size > MAX_SIZE) {
    throw new GatewayError('invalid_size', `size must be an integer between 1 and ${MAX_SIZE}`)
  }
  return size
}

/** Position of a page from the query, of this form; null for the first page. Fails with invalid_offset (Kong's code 7). */
export function readOffset(query: URLSearchParams, position = POSITION): string | null {
  const given = query.get('offset')
  if (given === null || given === '') return null
  const decoded = Buffer.from(given, 'base64url').toString()
  const isOurs = Buffer.from(decoded).toString('base64url') === given
  if (!isOurs) throw invalidOffset(given, 'bad base64 encoding')
  if (!position.test(decoded)) throw invalidOffset(given, 'not a position')
  return decoded
}

function invalidOffset(given: string, reason: string): GatewayError {
  return new GatewayError('invalid_offset', `'${given}' is not a valid offset: ${reason}`)
}

/**
 * A page as Kong shows it: `data`, `next` (the path of the next page, null on the last) and, before the last page,
 * `offset`. `keep` names the query arguments that the next page needs as well, in order.
 */
export function pageBody<T>(
  page: Page<T>,
  link: {
    readonly path: string
    readonly query: URLSearchParams
    readonly keep: readonly string[]
  },
): Readonly<Record<string, unknown>> {
  if (page.next === null) return { data: page.rows, next: null }
  const offset = Buffer.from(page.next).toString('base64url')
  const kept = link.keep.flatMap((name) => {
    const value = link.query.get(name)
    return value === null ? [] : [`&${name}=${encodeURIComponent(value)}`]
  })
  return {
    data: page.rows,
    next: `${link.path}?offset=${encodeURIComponent(offset)}${kept.join('')}`,
    offset,
  }
}
