/**
 * Every reason to refuse a request on its head alone: the status and the message the client gets. The key is the
 * short code of the access log. Messages never echo the input.
 * Statuses: RFC 9110 section 15, RFC 9112 sections 2.3, 3.2, 5 and 6; RFC 6585 section 5 for 431.
 */
export const HEAD_REFUSALS = {
  version_missing: { status: 400, message: 'Bad request: the request line has no HTTP version' },
  version_unsupported: { status: 505, message: 'HTTP version not supported' },
  method_syntax: { status: 400, message: 'Bad request: invalid method' },
  method_refused: { status: 405, message: 'Method not allowed' },
  target_too_long: { status: 414, message: 'Request target too long' },
  target_syntax: { status: 400, message: 'Bad request: invalid request target' },
  target_scheme: { status: 400, message: 'Bad request: the request target has another scheme' },
  path_syntax: { status: 400, message: 'Bad request: invalid path' },
  field_count: { status: 431, message: 'Too many header fields' },
  field_too_long: { status: 431, message: 'Header field too long' },
  head_too_long: { status: 431, message: 'Request header too long' },
  field_name: { status: 400, message: 'Bad request: invalid header name' },
  field_value: { status: 400, message: 'Bad request: invalid header value' },
  host_missing: { status: 400, message: 'Bad request: no Host header' },
  host_repeated: { status: 400, message: 'Bad request: more than one Host header' },
  host_syntax: { status: 400, message: 'Bad request: invalid Host' },
  host_mismatch: { status: 400, message: 'Bad request: Host differs from the request target' },
  length_syntax: { status: 400, message: 'Bad request: invalid Content-Length' },
  length_repeated: { status: 400, message: 'Bad request: more than one Content-Length' },
  length_and_coding: {
    status: 400,
    message: 'Bad request: both Content-Length and Transfer-Encoding',
  },
  coding_unsupported: { status: 400, message: 'Bad request: unsupported Transfer-Encoding' },
  coding_on_1_0: { status: 400, message: 'Bad request: Transfer-Encoding on HTTP/1.0' },
  expectation: { status: 417, message: 'Expectation failed' },
} as const satisfies Record<string, { status: number; message: string }>

export type RefusalReason = keyof typeof HEAD_REFUSALS

/** A head that is answered by the gateway itself; the connection must be closed after the answer. */
export interface HeadRefused {
  readonly kind: 'refused'
  readonly status: number
  readonly message: string
  readonly reason: RefusalReason
  /** Value of the Allow field, which a 405 must carry (RFC 9110 section 15.5.6); null otherwise. */
  readonly allow: string | null
}

/** The refusal for a reason; one shared object each. */
export function refuse(reason: RefusalReason): HeadRefused {
  return REFUSED[reason]
}

const FORWARDED_METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'

const REFUSED = Object.fromEntries(
  Object.entries(HEAD_REFUSALS).map(([reason, { status, message }]) => [
    reason,
    { kind: 'refused', status, message, reason, allow: status === 405 ? FORWARDED_METHODS : null },
  ]),
) as Readonly<Record<RefusalReason, HeadRefused>>
