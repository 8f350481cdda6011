import { createHash } from 'node:crypto'
import type { EntityKind } from '../model/entity.ts'

/**
 * The UUID (version 5) that an entity of this kind and key gets wherever its file gives none, so that two gateways with
 * one file, or one that starts again, agree on the ids, and with them on who is on which side of a canary.
 * Source: RFC 9562 section 5.5; the same namespaces as Kong Gateway 3.9 and decK.
 */
export function stableId(kind: EntityKind, key: string): string {
  return uuidV5(uuidV5(ENTITIES_NAMESPACE, kind), key)
}

const ENTITIES_NAMESPACE = 'fd02801f-0957-4a15-a55a-c8d9606f30b5'

function uuidV5(namespace: string, name: string): string {
  const bytes = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name)
    .digest()
    .subarray(0, 16)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
