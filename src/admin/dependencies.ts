import type { PeerView } from '../balancing/peer-view.ts'
import type { ConfigurationSink } from '../configuration/transact.ts'
import type { Variant } from '../model/decision.ts'
import type { Draws } from '../model/draws.ts'
import type { Snapshot } from '../model/snapshot.ts'
import type { Store } from '../store/store.ts'
import type { ReleaseParts } from './releases/release-dependencies.ts'

/** Everything the Admin API needs. Handed in once; nothing else is reached for. */
export interface AdminDependencies {
  readonly store: Store
  readonly configuration: ConfigurationSink
  /** The snapshot this node serves. */
  snapshot(): Snapshot
  readonly peers: PeerView
  /** The long connections that are open to a service through this node. */
  openConnections(serviceId: string): Iterable<OpenConnection>
  /** Epoch milliseconds. */
  now(): number
  readonly draws: Draws
  /** UUID of this node. */
  readonly nodeId: string
  /** Version of the gateway, without a leading `v`. */
  readonly version: string
  counters(): ProxyCounters
  /** What was counted, as Prometheus reads it. */
  metrics(): Promise<{ readonly contentType: string; readonly text: string }>
  /** True once requests are served. */
  isServing(): boolean
  /** Addresses as `host:port`, with ` ssl` behind one that speaks TLS, for people to read. */
  readonly listen: { readonly proxy: readonly string[]; readonly admin: readonly string[] }
  /**
   * Secret that every call must carry, or null: then only callers on this machine are served.
   * Without a token the Admin API must not listen beyond loopback.
   */
  readonly adminToken: string | null
  /** Origins of web pages, in lower case, that may call the Admin API beside those on this machine. */
  readonly allowedOrigins: readonly string[]
  readonly log: AdminLog
  /** Without it there is nothing under /releases. */
  readonly releases?: ReleaseParts
  /** The configuration is a declarative file: entities cannot be written one by one. */
  readonly isDeclarative?: boolean
}

/** A WebSocket or an event stream. */
export interface OpenConnection {
  readonly kind: 'websocket' | 'event_stream'
  /** The side where it began. */
  readonly variant: Variant
  readonly ageMs: number
}

/** What the proxy counted since it started. */
export interface ProxyCounters {
  readonly connectionsAccepted: number
  readonly connectionsActive: number
  readonly connectionsHandled: number
  readonly connectionsReading: number
  readonly connectionsWriting: number
  readonly connectionsWaiting: number
  readonly totalRequests: number
}

/** The part of a pino logger that is used here. */
export interface AdminLog {
  error(fields: object, message: string): void
}
