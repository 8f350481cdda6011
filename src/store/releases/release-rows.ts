import type { ReleaseDocument } from '../../releases/document/release-document.ts'
import type { NewReleaseEvent, ReleaseHappening } from '../../releases/state/release-event.ts'
import { parseStored } from '../parse-stored.ts'
import type {
  GatewayFreeze,
  GatewayLift,
  GatewayStop,
  Outcome,
  StoredRelease,
  StoredReleaseEvent,
} from './release-store.ts'
import type {
  ReleaseEventsTable,
  ReleaseFreezesTable,
  ReleaseStopLiftTable,
  ReleaseStopTable,
  ReleasesTable,
} from './release-tables.ts'

export function toReleaseRow(release: StoredRelease): Omit<ReleasesTable, 'sequence'> {
  return {
    id: release.id,
    name: release.name,
    service_id: release.serviceId,
    created_at: release.createdAtMs,
    outcome: release.outcome,
    document: JSON.stringify(release.document),
  }
}

/** Throws `database_error` for a row that is damaged. */
export function fromReleaseRow(row: Omit<ReleasesTable, 'sequence'>): StoredRelease {
  return {
    id: row.id,
    name: row.name,
    serviceId: row.service_id,
    createdAtMs: Number(row.created_at),
    outcome: row.outcome as Outcome | null,
    document: parseStored<ReleaseDocument>(row.document, `release ${row.id}`),
  }
}

export function toEventRow(
  event: NewReleaseEvent,
  place: {
    readonly releaseId: string
    readonly sequence: number
    readonly requestId: string
  },
): ReleaseEventsTable {
  return {
    release_id: place.releaseId,
    sequence: place.sequence,
    at: event.atMs,
    actor: event.actor,
    request_id: place.requestId,
    reason: event.reason,
    link_id: event.linkId,
    happening: JSON.stringify(event.happening),
  }
}

/** Throws `database_error` for a row that is damaged. */
export function fromEventRow(row: ReleaseEventsTable): StoredReleaseEvent {
  const what = `event ${row.sequence} of release ${row.release_id}`
  return {
    sequence: row.sequence,
    atMs: Number(row.at),
    actor: row.actor,
    requestId: row.request_id,
    reason: row.reason,
    linkId: row.link_id,
    happening: parseStored<ReleaseHappening>(row.happening, what),
  }
}

export function toFreezeRow(freeze: GatewayFreeze): ReleaseFreezesTable {
  const { id, from, until, reason, actor, createdAtMs } = freeze
  return { id, from, until, reason, actor, created_at: createdAtMs }
}

export function fromFreezeRow({ created_at, ...row }: ReleaseFreezesTable): GatewayFreeze {
  return { ...row, createdAtMs: Number(created_at) }
}

export function fromStopRow({ reason, actor, at }: ReleaseStopTable): GatewayStop {
  return { reason, actor, atMs: Number(at) }
}

export function fromLiftRow({ reason, actor, at }: ReleaseStopLiftTable): GatewayLift {
  return { reason, actor, atMs: Number(at) }
}
