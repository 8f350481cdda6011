import type { ReleaseDocument } from '../../releases/document/release-document.ts'
import type { Freeze } from '../../releases/document/window.ts'
import type { Phase } from '../../releases/state/phase.ts'
import type { NewReleaseEvent, ReleaseEvent } from '../../releases/state/release-event.ts'
import type { Page } from '../store.ts'

/** Phase in which a release ended. */
export type Outcome = Extract<Phase, 'succeeded' | 'rolled-back' | 'failed' | 'superseded'>

export interface StoredRelease {
  /** UUID. */
  readonly id: string
  /** That of the document. */
  readonly name: string
  readonly serviceId: string
  /** Epoch milliseconds. */
  readonly createdAtMs: number
  /** Null while it is live. */
  readonly outcome: Outcome | null
  readonly document: ReleaseDocument
}

/** An event with the id of the call that led to it. */
export type StoredReleaseEvent = ReleaseEvent & { readonly requestId: string }

/** A freeze of the whole gateway. */
export interface GatewayFreeze extends Freeze {
  /** UUID. */
  readonly id: string
  readonly actor: string
  /** Epoch milliseconds. */
  readonly createdAtMs: number
}

/** The stop of all progress. */
export interface GatewayStop {
  readonly reason: string
  readonly actor: string
  /** Epoch milliseconds. */
  readonly atMs: number
}

/** The end of a stop. */
export interface GatewayLift {
  /** Null when nobody said. */
  readonly reason: string | null
  readonly actor: string
  /** Epoch milliseconds. */
  readonly atMs: number
}

/** Something that was sent for a release: kept as it is given, a JSON object. */
export type DeliveryRecord = Readonly<Record<string, unknown>>

export interface ReleaseQuery {
  /** 1 … 1000. */
  readonly size: number
  /** Position from a previous page; null for the first page. */
  readonly after: string | null
  readonly serviceId: string | null
  /** Only live ones, only those with this outcome, or null for all. */
  readonly standing: 'live' | Outcome | null
}

/** A part of what belongs to one release. */
export interface ReleasePartQuery {
  /** 1 … 1000. */
  readonly size: number
  /** Position from a previous page; null for the first page. */
  readonly after: string | null
}

export interface ReleaseReader {
  get(id: string): Promise<StoredRelease | null>
  /** The live release of this name, else the newest that had it. */
  named(name: string): Promise<StoredRelease | null>
  liveOfService(serviceId: string): Promise<StoredRelease | null>
  /** Newest first. */
  list(query: ReleaseQuery): Promise<Page<StoredRelease>>
  /** All events of a release, in their order. */
  events(releaseId: string): Promise<readonly StoredReleaseEvent[]>
  /** The stop of the gateway; null without one. */
  stop(): Promise<GatewayStop | null>
  /** How the last stop that was lifted ended; null before the first. */
  lastLift(): Promise<GatewayLift | null>
  /** In the order in which they begin. */
  freezes(): Promise<readonly GatewayFreeze[]>
}

/** The writes of a transaction. Violations throw GatewayError: `release_conflict`. */
export interface ReleaseTransaction extends ReleaseReader {
  /** Throws `release_conflict` when the name or the service has a live release. */
  insert(release: StoredRelease): Promise<void>
  /**
   * Adds events behind the last one and sets where the release stands then. Throws `release_conflict` when it has not
   * exactly `lastSequence` events, or when its name or service has another live release.
   */
  append(
    releaseId: string,
    addition: {
      readonly lastSequence: number
      readonly events: readonly NewReleaseEvent[]
      readonly outcome: Outcome | null
    },
  ): Promise<readonly StoredReleaseEvent[]>
  /** Deletes the release with its events and deliveries; false when there is none. */
  remove(releaseId: string): Promise<boolean>
  setStop(stop: GatewayStop): Promise<void>
  /** False when there is no stop, and then nothing is kept. */
  liftStop(lift: GatewayLift): Promise<boolean>
  addFreeze(freeze: GatewayFreeze): Promise<void>
  /** False when there is none. */
  removeFreeze(id: string): Promise<boolean>
}

/** Most deliveries that are kept of a release; the oldest go first. */
export const MAX_DELIVERIES = 1000

export interface ReleaseStore extends ReleaseReader {
  /** Newest first. */
  deliveries(releaseId: string, query: ReleasePartQuery): Promise<Page<DeliveryRecord>>
  /** Adds to what is kept of a release; nothing when it is gone. Stands in line with the transactions. */
  recordDeliveries(releaseId: string, deliveries: readonly DeliveryRecord[]): Promise<void>
  /** Secret of the links in messages, made with the database: 32 bytes, base64url. */
  linkKey(): Promise<string>
}
