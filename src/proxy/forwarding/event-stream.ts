import type { IncomingMessage } from 'node:http'

/**
 * Whether an answer is an event stream that may go on for ever, and that can be ended at any moment: what reads it
 * leaves out an event that is not whole (HTML Standard, server-sent events). One of a declared length is an ordinary
 * answer.
 */
export function isEventStream({ statusCode, headers }: IncomingMessage): boolean {
  if (statusCode !== 200 || headers['content-length'] !== undefined) return false
  const type = headers['content-type'] ?? ''
  return /^text\/event-stream(?:$|[\s;])/i.test(type)
}
