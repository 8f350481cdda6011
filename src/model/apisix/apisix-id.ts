import { z } from 'zod'
import { rule } from '../fields.ts'
import { isUuid } from '../uuid.ts'
import { uuidV5 } from '../uuid-v5.ts'

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
const NAMESPACE = '8f0a6e0c-5d8b-4d0f-9a1c-6b1f3e7d2a54'

/**
 * The id that an entity has in this gateway: an id of APISIX that is a UUID is the same, any other is a UUID of version
 * 5 (RFC 9562 section 5.5) of kind and id.
 */
export function entityIdOf(kind: string, id: ApisixId): string {
  const written = String(id)
  return isUuid(written) ? written.toLowerCase() : uuidV5(NAMESPACE, `${kind}/${written}`)
}
