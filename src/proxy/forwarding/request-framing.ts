import type { ClientRequest } from 'node:http'
import type { UpstreamRequest } from '../forwarder.ts'

/**
 * Frames by what was parsed, not by copied fields (reliability.md section 4, point 7). The library says a length of 0
 * for methods that seldom have a body; a removal where there is none would make Node send an empty body in chunks.
 */
export function frameRequest(sink: ClientRequest, request: UpstreamRequest): void {
  if (request.body.kind === 'length') return
  if (sink.hasHeader('content-length')) sink.removeHeader('content-length')
  if (request.body.kind === 'chunked') sink.setHeader('Transfer-Encoding', 'chunked')
}
