import type { RequestHandler } from 'express'
import { ENTITY_KINDS } from '../model/entities.ts'
import { GatewayError } from '../model/errors.ts'
import type { AuditQuery, AuditRecord, Store } from '../store/store.ts'
import { pageBody, readOffset, readSize } from './paging.ts'
import { sendJson } from './reply.ts'
import { pathOf, queryOf } from './request-target.ts'

/**
 * GET /audit: every change of the configuration, newest first; paged by size and offset, filtered by
 * `entity=services`, `entity=services/<id>` and `actor=`.
 */
export function auditHandler(store: Store): RequestHandler {
  return async (request, response) => {
    const query = queryOf(request)
    const page = await store.audit({
      size: readSize(query),
      after: readOffset(query),
      entity: readEntity(query.get('entity')),
      actor: query.get('actor'),
    })
    const rows = page.rows.map(auditRow)
    const link = { path: pathOf(request), query, keep: ['entity', 'actor', 'size'] }
    sendJson(response, 200, pageBody({ rows, next: page.next }, link))
  }
}

function readEntity(given: string | null): AuditQuery['entity'] {
  if (given === null) return null
  const slash = given.indexOf('/')
  const kind = slash === -1 ? given : given.slice(0, slash)
  if (!ENTITY_KINDS.some((known) => known === kind)) {
    const message = `entity names no kind of entity: '${kind}'; expected one of ${ENTITY_KINDS.join(', ')}, alone or followed by /<id>`
    throw new GatewayError('invalid_options', message, { details: [{ path: ['entity'], message }] })
  }
  return { kind, id: slash === -1 ? null : given.slice(slash + 1) }
}

function auditRow(record: AuditRecord) {
  return {
    sequence: record.sequence,
    at: record.at.toISOString(),
    actor: record.actor,
    request_id: record.requestId,
    version: record.version,
    action: record.action,
    entity: record.kind,
    entity_id: record.entityId,
    before: record.before,
    after: record.after,
  }
}
