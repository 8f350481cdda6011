import type { Duplex } from 'node:stream'
import type { AccessEntry } from '../metrics/access-entry.ts'
import type { Draws } from '../model/draws.ts'
import type { Clock } from './clock.ts'
import type { Forwarder } from './forwarder.ts'
import type { ClientPatience } from './forwarding/client-patience.ts'
import type { TrustPolicy } from './head/client-address.ts'
import type { HeadLimits } from './limits.ts'
import type { OverloadWatch } from './overload/overload-watch.ts'
import type { PeerMemory } from './peer-try.ts'
import type { Runtime } from './runtime.ts'
import type { OpenStreams } from './streams/open-streams.ts'

/** How the gateway names itself on the wire. */
export interface ProductNames {
  /** Value of Via: protocol version and pseudonym (RFC 9110 section 7.6.3). */
  readonly via: string
  /** Value of Server in answers of the gateway's own. */
  readonly server: string
}

/** All that serving a request needs; main.ts puts it together. */
export interface GatewayContext extends PeerMemory {
  /** The runtime that new requests run on. */
  readonly runtime: () => Runtime
  readonly forwarder: Forwarder
  /** Long connections that are open. */
  readonly streams: OpenStreams
  readonly draws: Draws
  readonly trust: TrustPolicy
  readonly limits: HeadLimits & Pick<ClientPatience, 'silenceMs' | 'leastPace'>
  readonly clock: Clock
  readonly product: ProductNames
  /** Whether clients may ask with Kong-Debug what their request matched. */
  readonly allowsDebugHeader: boolean
  /** Whether requests are served at all at the moment. */
  readonly overload: Pick<OverloadWatch, 'state'>
  /** 32 hexadecimal digits, unique. */
  readonly newRequestId: () => string
  /** Whether the next answer is the last one on a connection, because the process is stopping or full. */
  readonly endsConnection: (socket: Duplex) => boolean
  /** Takes the one entry that each request ends in. */
  readonly record: (entry: AccessEntry) => void
  /** Tells of an error in the gateway itself while it served a request. */
  readonly reportBug: (error: unknown, requestId: string) => void
}
