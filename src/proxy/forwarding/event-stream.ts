import type { IncomingMessage } from 'node:http'
import { rawValue } from './raw-fields.ts'

/**
 * Whether an answer is an event stream that may go on for ever, and that can be ended at any moment: what reads it
 * leaves out an event that is not whole (HTML Standard, server-sent events). One of a declared length is an ordinary
 * answer.
 */
export function isEventStream({ statusCode, rawHeaders }: IncomingMessage): boolean {
  if (statusCode !== 200 || rawValue(rawHeaders, 'content-length') !== undefined) return false
  const type = rawValue(rawHeaders, 'content-type') ?? ''
  return /^text\/event-stream(?:$|[\s;])/i.test(type)
}
