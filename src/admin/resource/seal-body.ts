import type { Draws } from '../../model/draws.ts'
import { ENTITY_DEFINITIONS } from '../../model/entities.ts'
import type { EntityKind } from '../../model/entity.ts'
import { SerialQueue } from '../../model/serial-queue.ts'
import type { Body } from '../body/body.ts'
import { readFields } from '../body/read-fields.ts'

/** Replaces what must not be stored as it was given, as the kind of entity says. */
export type SealBody = (body: Body, kind: EntityKind) => Promise<Body>

/**
 * One at a time: hashing a password fills a core for a while, and name resolution for the traffic shares the threads
 * that it runs on.
 */
export function createSealBody(draws: Draws): SealBody {
  const queue = new SerialQueue()

  return async (body, kind) => {
    const { seal } = ENTITY_DEFINITIONS[kind]
    if (seal === undefined) return body
    const fields = await queue.run(() => seal(readFields(body, kind, null), draws))
    return { type: 'json', fields }
  }
}
