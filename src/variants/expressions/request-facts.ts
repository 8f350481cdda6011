import type { Identity } from '../../model/identity.ts'
import { firstValue, type ParsedRequest } from '../../model/request.ts'

/** What the expressions of a plugin are asked about: a request, and what is known of it when the plugin runs. */
export interface RequestFacts {
  readonly request: ParsedRequest
  readonly identity: Identity
  /** The consumer group that counts for the consumer; null without one. */
  readonly consumerGroup: Named | null
  /** What the request was matched to; null before it was. */
  readonly route: Named | null
  readonly service: Named | null
  /**
   * The body as text, when the expression has a `formVariable`, the request `hasForm` and the body has at most
   * MAX_FORM_BYTES; else null.
   */
  readonly formBody: string | null
}

export interface Named {
  readonly id: string
  readonly name: string | null
}

/** Longest body that is read for `post_arg_*`, in bytes. Fields of a longer one are nil. */
export const MAX_FORM_BYTES = 65_536

/** Whether the form of a request is worth reading: it has one, and is not told to be too long. */
export function hasReadableForm(request: Pick<ParsedRequest, 'fields' | 'body'>): boolean {
  const isTooLong = request.body.kind === 'length' && request.body.bytes > MAX_FORM_BYTES
  return !isTooLong && hasForm(request)
}

const FORM_TYPE = 'application/x-www-form-urlencoded'

/** Whether the body is a form that `post_arg_*` can be read from (media types have no case: RFC 9110 section 8.3.1). */
export function hasForm(request: Pick<ParsedRequest, 'fields' | 'body'>): boolean {
  if (request.body.kind === 'none') return false
  const type = firstValue(request.fields, 'content-type')
  return type !== undefined && type.slice(0, FORM_TYPE.length).toLowerCase() === FORM_TYPE
}
