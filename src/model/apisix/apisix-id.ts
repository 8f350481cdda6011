import { createHash } from 'node:crypto'
import { z } from 'zod'
import { rule } from '../fields.ts'
import { isUuid } from '../uuid.ts'

/** An id of APISIX: a whole number stays one, as it was written. */
export type ApisixId = string | number

const TEXT_ID = /^[a-zA-Z0-9-_.]{1,64}$/

/** Source: APISIX 3.18, schema of ids (reference apisix.md, a1). */
export const apisixId = () =>
  z.union([
    z.string().check(rule((id: string) => (TEXT_ID.test(id) ? null : idProblem(id)))),
    z.int().min(1),
  ])

function idProblem(id: string): string {
  return id.length > 64
    ? `string too long, expected at most 64, got ${id.length}`
    : `failed to match pattern "^[a-zA-Z0-9-_.]+$" with "${id}"`
}

/** Fixed for good: the ids of all that was written in APISIX's dialect follow from it. */
const NAMESPACE_HEX = '8f0a6e0c5d8b4d0f9a1c6b1f3e7d2a54'

/**
 * The id that an entity has in this gateway: an id of APISIX that is a UUID is the same, any other is a UUID of version
 * 5 (RFC 9562 section 5.5) of kind and id.
 */
export function entityIdOf(kind: string, id: ApisixId): string {
  const written = String(id)
  return isUuid(written) ? written.toLowerCase() : uuidOfName(`${kind}/${written}`)
}

function uuidOfName(name: string): string {
  const bytes = createHash('sha1')
    .update(NAMESPACE_HEX, 'hex')
    .update(name)
    .digest()
    .subarray(0, 16)
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x50
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
