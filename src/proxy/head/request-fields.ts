import type { BodyFraming, HeaderFields } from '../../model/request.ts'
import type { HeadLimits } from '../limits.ts'
import { fieldName } from './field-names.ts'
import { isFieldValue } from './field-syntax.ts'
import { type HeadRefused, refuse } from './head-refusal.ts'

export interface RequestFields {
  readonly kind: 'fields'
  readonly fields: HeaderFields
  /** Value of the one Host field, null when there is none. */
  readonly host: string | null
  readonly body: BodyFraming
  readonly expectsContinue: boolean
}

/**
 * Reads the field lines of a request in one pass: syntax, limits, the one Host, Expect, and how the body is framed
 * (RFC 9112 section 6.3, narrowed: one length or one `chunked`, never both, no chunked on HTTP/1.0). A
 * Content-Length with leading zeros comes back as its one canonical number.
 */
export function readFields(
  rawHeaders: readonly string[],
  isHttp10: boolean,
  limits: HeadLimits,
): RequestFields | HeadRefused {
  const count = rawHeaders.length >> 1
  if (count > limits.fields) return refuse('field_count')
  const names: string[] = []
  const values: string[] = []
  let headLength = 0
  let host: string | null = null
  let contentLength = -1
  let isChunked = false
  let expectsContinue = false

  for (let i = 0; i < rawHeaders.length; i += 2) {
    const spelling = rawHeaders[i] ?? ''
    let value = rawHeaders[i + 1] ?? ''
    const lineLength = spelling.length + value.length + 2
    if (lineLength > limits.fieldLineBytes) return refuse('field_too_long')
    headLength += lineLength + 2
    const name = fieldName(spelling)
    if (name === null) return refuse('field_name')
    if (!isFieldValue(value)) return refuse('field_value')
    switch (name.role) {
      case 'other':
        break
      case 'host':
        if (host !== null) return refuse('host_repeated')
        host = value
        break
      case 'content-length':
        if (contentLength !== -1) return refuse('length_repeated')
        contentLength = parseContentLength(value)
        if (contentLength === -1) return refuse('length_syntax')
        if (value.charCodeAt(0) === ZERO && value.length > 1) value = String(contentLength)
        break
      case 'transfer-encoding':
        if (isHttp10) return refuse('coding_on_1_0')
        if (isChunked || value.toLowerCase() !== 'chunked') return refuse('coding_unsupported')
        isChunked = true
        break
      case 'expect':
        if (expectsContinue || value.toLowerCase() !== '100-continue') return refuse('expectation')
        expectsContinue = true
        break
    }
    names.push(name.lower)
    values.push(value)
  }
  if (headLength > limits.headBytes) return refuse('head_too_long')
  if (isChunked && contentLength !== -1) return refuse('length_and_coding')
  return {
    kind: 'fields',
    fields: { names, values },
    host,
    body: framing(isChunked, contentLength),
    // A server must ignore the expectation of an HTTP/1.0 client (RFC 9110 section 10.1.1).
    expectsContinue: expectsContinue && !isHttp10,
  }
}

const ZERO = 0x30
const NO_BODY: BodyFraming = { kind: 'none' }
const CHUNKED: BodyFraming = { kind: 'chunked' }

function framing(isChunked: boolean, contentLength: number): BodyFraming {
  if (isChunked) return CHUNKED
  return contentLength === -1 ? NO_BODY : { kind: 'length', bytes: contentLength }
}

/** Bytes, or -1 for anything but digits and for more than can be counted exactly (2^53 - 1). */
function parseContentLength(text: string): number {
  if (text === '') return -1
  let bytes = 0
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - ZERO
    if (digit < 0 || digit > 9) return -1
    bytes = bytes * 10 + digit
    if (bytes > Number.MAX_SAFE_INTEGER) return -1
  }
  return bytes
}
