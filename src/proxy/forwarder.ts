import type { IncomingMessage, ServerResponse } from 'node:http'
import type { PeerConnections } from '../balancing/peer-connections.ts'
import type { BodyFraming } from '../model/request.ts'
import type { UpgradeRequest } from './connection/upgrade-request.ts'

/** Where a request goes. The TLS name to ask for and to verify is that of the Host field. */
export interface Destination {
  /** IP address; a name while no address of it is known. */
  readonly host: string
  readonly port: number
  /** Null for plain HTTP. */
  readonly tls: UpstreamTls | null
}

/** How connections to an upstream are secured. */
export interface UpstreamTls {
  /** Equal for equal contents only: connections that were made with one are never used for another. */
  readonly key: string
  /** Whether the upstream's certificate is verified. */
  readonly verifies: boolean
  /** Most certificates between that of the upstream and a trusted root; null for any number. */
  readonly maxIntermediates: number | null
  /** PEM of the only authorities that are trusted; null for those that come with Node.js. */
  readonly authorities: readonly string[] | null
  /** PEM of what is shown to an upstream that asks for it; the lists have one length. */
  readonly client: { readonly certs: readonly string[]; readonly keys: readonly string[] } | null
}

/** Limits of one try, each counted anew per connection attempt, per successive write, per successive read. */
export interface UpstreamTimeouts {
  readonly connectMs: number
  readonly sendMs: number
  readonly readMs: number
}

/**
 * Which connections may carry a request: `any`; only one that was in use within the last second, or a new one
 * (`recent`), for what cannot be sent twice; only a `new` one, after an idle one turned out to be dead.
 */
export type ConnectionReuse = 'any' | 'recent' | 'new'

/** A request as the upstream shall see it. */
export interface UpstreamRequest {
  readonly destination: Destination
  /** Of the target within its upstream: those counted here serve the request, and no others. */
  readonly connections: PeerConnections
  readonly method: string
  /** Origin-form: path and query. */
  readonly target: string
  /** Value of the Host field. */
  readonly host: string
  /** All fields as they go out, names and values in turn: Host first, the framing that was parsed among them. */
  readonly fields: readonly string[]
  readonly body: BodyFraming
  /** What was read of the body before it was known where it goes; null for nothing. */
  readonly keptBody: Buffer | null
  /** The most that the client may send of it; null for any number. */
  readonly bodyLimitBytes: number | null
  readonly expectsContinue: boolean
  /** The client asks for a WebSocket; only then may the upstream switch protocols. */
  readonly isUpgrade: boolean
  readonly timeouts: UpstreamTimeouts
  readonly reuse: ConnectionReuse
}

/** The head of an upstream's answer, as received. */
export interface UpstreamHead {
  readonly statusCode: number
  readonly rawHeaders: readonly string[]
}

/** The head to send to the client: status and a flat list name, value, name, value … */
export interface ClientHead {
  readonly statusCode: number
  readonly rawHeaders: string[]
}

/** Why a try failed; `side` tells whose fault it was. */
export interface ForwardFailure {
  readonly side: 'client' | 'upstream' | 'gateway'
  readonly reason: ForwardFailureReason
  /** For the log only: never sent to a client. */
  readonly cause: string
}

export type ForwardFailureReason =
  | 'refused'
  | 'name-resolution'
  | 'connect-timeout'
  | 'tls-failed'
  | 'certificate-untrusted'
  | 'certificate-name'
  | 'certificate-expired'
  | 'certificate-refused'
  | 'send-timeout'
  | 'read-timeout'
  | 'reset'
  | 'malformed'
  | 'truncated'
  | 'stream-idle'
  | 'stream-expired'
  | 'client-left'
  | 'client-silent'
  | 'client-slow'
  | 'client-malformed'
  | 'client-chunk-extensions'
  | 'client-trailers'
  | 'body-too-large'
  | 'internal'

/** How a try ended; `declined`: its answer was not wanted, and nothing of it was passed on. */
export type ForwardOutcome =
  | { readonly kind: 'completed' }
  | { readonly kind: 'declined' }
  | {
      readonly kind: 'failed'
      readonly failure: ForwardFailure
      /** The client has the answer's head already: nothing can be said to it any more. */
      readonly headSent: boolean
      /** Some byte of the request may have reached the upstream. */
      readonly requestSent: boolean
      /** Some of the client's body was read and is not kept, so the same request cannot be sent again. */
      readonly bodyTouched: boolean
      readonly reusedSocket: boolean
    }

/** The client's two streams of a forwarded request. */
export interface ClientStreams {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** What a 101 takes the client's connection from; null for what is no request to switch protocols. */
  readonly upgrade: Pick<UpgradeRequest, 'takeOver'> | null
}

/** An answer that may go on for ever, and that the gateway can bring to a clean end. */
export interface LongStream {
  readonly kind: 'websocket' | 'event_stream'
  /** A WebSocket: a close frame 1012 to both sides. An event stream: the end of the answer. */
  end(): void
}

/** What the forwarder reports. `settled` is called exactly once, as the last call. */
export interface ForwardHandlers {
  /** A connection to the destination is there and the request is about to be written. */
  connected(reusedSocket: boolean): void
  /** The answer's head arrived, 101 among them; returns the head for the client, null to decline the answer. */
  head(head: UpstreamHead): ClientHead | null
  /** The answer that has begun is a long stream; not called for others. */
  opened(stream: LongStream): void
  /** Nothing has come on the event stream that was opened for as long as it may be silent. */
  silent(): void
  settled(outcome: ForwardOutcome): void
}

/** Sends requests to upstreams and relays the answers. Every implementation passes the behaviour tests of test/proxy. */
export interface Forwarder {
  /** One try. Never throws; everything ends in `handlers.settled`. */
  forward(request: UpstreamRequest, client: ClientStreams, handlers: ForwardHandlers): void
  /** Closes idle upstream connections; those in use end with their requests. */
  close(): void
}
