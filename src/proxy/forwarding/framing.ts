import type { IncomingMessage } from 'node:http'

/**
 * Why an answer's framing cannot be trusted, or null: both framings, two lengths, or a final coding other than
 * chunked (RFC 9112 section 6.3, reliability.md section 4), or a status that says that another answer will follow,
 * as Node hands over a 101 that names no protocol.
 */
export function framingFault(answer: IncomingMessage): string | null {
  if ((answer.statusCode ?? 0) < FIRST_FINAL_STATUS) return 'no final status'
  let lengths = 0
  let coding: string | null = null
  const raw = answer.rawHeaders
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] as string
    if (name.length === 14 && name.toLowerCase() === 'content-length') lengths += 1
    else if (name.length === 17 && name.toLowerCase() === 'transfer-encoding') {
      if (coding !== null) return 'Transfer-Encoding twice'
      coding = raw[i + 1] as string
    }
  }
  if (lengths > 1) return 'Content-Length twice'
  if (coding === null) return null
  if (lengths > 0) return 'both Content-Length and Transfer-Encoding'
  return coding.trim().toLowerCase() === 'chunked' ? null : 'unknown Transfer-Encoding'
}

const FIRST_FINAL_STATUS = 200
