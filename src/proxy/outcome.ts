import type { NoPeer } from '../balancing/pick-peer.ts'
import { BODY_TOO_LARGE } from './body-limit.ts'
import type { ForwardFailureReason } from './forwarder.ts'
import { type GatewayAnswer, gatewayAnswer } from './gateway-answer.ts'

/** Status for the access log when the client left before an answer; never sent. */
export const CLIENT_LEFT_STATUS = 499

/**
 * The answer to a request that could not be forwarded: the one place where a failure becomes a status
 * (style: client left 499, log only; refused, reset or malformed 502; no peer or no name 503; too slow 504;
 * our fault 500). Texts as Kong's, reference kong.md section 7.
 */
export function answerToFailure(reason: ForwardFailureReason): GatewayAnswer {
  switch (reason) {
    case 'refused':
    case 'tls-failed':
    case 'certificate-untrusted':
    case 'certificate-name':
    case 'certificate-expired':
    case 'certificate-refused':
    case 'reset':
    case 'malformed':
    case 'truncated':
      return gatewayAnswer(502, 'An invalid response was received from the upstream server')
    case 'name-resolution':
      return gatewayAnswer(503, 'name resolution failed')
    case 'connect-timeout':
    case 'send-timeout':
    case 'read-timeout':
      return gatewayAnswer(504, 'The upstream server is timing out')
    case 'client-silent':
    case 'stream-idle':
    case 'stream-expired':
    case 'client-slow':
      return gatewayAnswer(408, 'Request body was not received in time', CLOSES)
    case 'client-malformed':
      return gatewayAnswer(400, 'Request body could not be understood', CLOSES)
    case 'client-chunk-extensions':
      return gatewayAnswer(413, 'Chunk extensions are too large', CLOSES)
    case 'client-trailers':
      return gatewayAnswer(431, 'Request trailers are too large', CLOSES)
    case 'body-too-large':
      return BODY_TOO_LARGE
    case 'client-left':
      return gatewayAnswer(CLIENT_LEFT_STATUS, 'Client closed the connection', CLOSES)
    case 'internal':
      return gatewayAnswer(500, 'An unexpected error occurred')
  }
}

/** What the client gets, and the code for the access log, when a side cannot serve a request. */
export interface Loss {
  readonly answer: GatewayAnswer
  readonly reason: string
}

const SOON = { fields: [['Retry-After', '1']] } as const

/** There is no target that the request could go to. */
export const NO_PEER: Loss = {
  answer: gatewayAnswer(503, 'failure to get a peer from the ring-balancer', SOON),
  reason: 'no-peer',
}

const NO_ROOM: Loss = {
  answer: gatewayAnswer(503, 'The upstream server cannot take more requests', SOON),
  reason: 'circuit-open',
}

/** `otherwise`: what is lost where it is not for want of room. */
export function lossForWantOfPeer({ reason }: NoPeer, otherwise: Loss): Loss {
  return reason === 'full' ? NO_ROOM : otherwise
}

export function lossOf(reason: ForwardFailureReason): Loss {
  return { answer: answerToFailure(reason), reason }
}

const CLOSES = { closes: true } as const
