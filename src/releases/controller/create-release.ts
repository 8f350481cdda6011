import type { Draws } from '../../model/draws.ts'
import { GatewayError } from '../../model/errors.ts'
import type { Service } from '../../model/service.ts'
import { isUuid } from '../../model/uuid.ts'
import type { ChangeAuthor, StoreReader } from '../../store/store.ts'
import type { ReleaseDocument } from '../document/release-document.ts'
import { supersede } from '../engine/supersede.ts'
import type { LiveRelease } from './live-release.ts'
import type { ReleaseBook } from './release-book.ts'
import type { ReleaseWriter } from './release-writer.ts'
import type { RollbackFirst } from './rollback-first.ts'

export interface Creation {
  readonly document: ReleaseDocument
  /** Ends a live release of the service; without it a second one is refused. */
  readonly isSuperseding: boolean
  readonly author: ChangeAuthor
}

export interface CreationParts {
  readonly book: ReleaseBook
  readonly writer: ReleaseWriter
  readonly draws: Draws
  readonly rollbacks: Pick<RollbackFirst, 'isPending'>
}

/**
 * Stores a release, in the same transaction as the end of the one that it supersedes. Fails with `release_conflict`, with
 * `foreign_keys_unresolved` for a service that is not there, and as the store does.
 */
export async function createRelease(
  { book, writer, draws, rollbacks }: CreationParts,
  { document, isSuperseding, author }: Creation,
): Promise<LiveRelease> {
  return writer.run(author, async (transaction, writes) => {
    const service = await requireServiceOf(transaction, document.service)
    const id = draws.uuid()
    const before = book.liveOfService(service.id)
    const nowMs = author.at.getTime()
    const by = { actor: author.actor, reason: null, linkId: null, atMs: nowMs }
    if (before !== null && isSuperseding) {
      if (rollbacks.isPending(before.stored.id)) throw notRecorded(before)
      await writes.append(before, supersede(before.state, id, by))
    }
    return writes.create(
      {
        id,
        name: document.name,
        serviceId: service.id,
        createdAtMs: nowMs,
        outcome: null,
        document,
      },
      { ...by, happening: { type: 'created', document, serviceId: service.id } },
    )
  })
}

/** The service of a release, by id or name. Fails with foreign_keys_unresolved. */
export async function requireServiceOf(reader: StoreReader, key: string): Promise<Service> {
  const byId = isUuid(key) ? await reader.get('services', key.toLowerCase()) : null
  const found = byId ?? (await reader.find('services', { name: key }))
  if (found !== null) return found.entity
  const message = `there is no service with the name or id '${key}'; create it first (POST /services)`
  throw new GatewayError('foreign_keys_unresolved', message, {
    details: [{ path: ['service'], message }],
  })
}

function notRecorded({ stored }: LiveRelease): GatewayError {
  return new GatewayError(
    'release_conflict',
    `the rollback of '${stored.name}' is not recorded yet; wait for it`,
  )
}
