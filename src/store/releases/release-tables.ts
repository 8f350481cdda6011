import type { Generated } from 'kysely'

/** The tables of releases, as Kysely needs to know them. */
export interface ReleaseTables {
  releases: ReleasesTable
  release_events: ReleaseEventsTable
  release_deliveries: ReleaseDeliveriesTable
  release_freezes: ReleaseFreezesTable
  release_stop: ReleaseStopTable
  release_stop_lift: ReleaseStopLiftTable
  release_link_key: ReleaseLinkKeyTable
}

export interface ReleasesTable {
  /** Order of creation. */
  sequence: Generated<number>
  id: string
  name: string
  service_id: string
  /** Epoch milliseconds. */
  created_at: number
  /** Phase in which it ended; null while it is live, and then its name and its service are unique. */
  outcome: string | null
  /** JSON of what the user wrote, with defaults. */
  document: string
}

/** Append-only. */
export interface ReleaseEventsTable {
  release_id: string
  /** 1, 2, 3, … within the release. */
  sequence: number
  /** Epoch milliseconds. */
  at: number
  actor: string
  request_id: string
  reason: string | null
  link_id: string | null
  /** JSON. */
  happening: string
}

export interface ReleaseDeliveriesTable {
  sequence: Generated<number>
  release_id: string
  /** JSON. */
  body: string
}

export interface ReleaseFreezesTable {
  id: string
  /** Moments as they were written. */
  from: string
  until: string
  reason: string | null
  actor: string
  /** Epoch milliseconds. */
  created_at: number
}

/** At most one row. */
export interface ReleaseStopTable {
  one: number
  reason: string
  actor: string
  /** Epoch milliseconds. */
  at: number
}

/** At most one row. */
export interface ReleaseStopLiftTable {
  one: number
  reason: string | null
  actor: string
  /** Epoch milliseconds. */
  at: number
}

/** One row. */
export interface ReleaseLinkKeyTable {
  /** 32 random bytes, base64url. */
  key: string
}
