import type { EntityKind } from '../model/entity.ts'
import { uuidV5 } from '../model/uuid-v5.ts'

/**
 * The UUID (version 5) that an entity of this kind and key gets wherever its file gives none, so that two gateways with
 * one file, or one that starts again, agree on the ids, and with them on who is on which side of a canary.
 * Source: RFC 9562 section 5.5; the same namespaces as Kong Gateway 3.9 and decK.
 */
export function stableId(kind: EntityKind, key: string): string {
  return uuidV5(uuidV5(ENTITIES_NAMESPACE, kind), key)
}

const ENTITIES_NAMESPACE = 'fd02801f-0957-4a15-a55a-c8d9606f30b5'
