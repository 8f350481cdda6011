import { z } from 'zod'
import { parseAuthority } from './addresses.ts'
import type { DeepReadonly } from './deep-readonly.ts'
import type { EntityDefinition } from './entity.ts'
import { foreignKey, id, required, rule, tags, text, timestampSeconds } from './fields.ts'
import { invalidValue } from './kong-messages.ts'

const SNI_SCHEMA = z.strictObject({
  id: id(),
  created_at: timestampSeconds('created'),
  updated_at: timestampSeconds('last changed'),
  name: required(
    text().check(rule(nameProblem)),
    'Unique host name as clients send it in TLS; one * may stand for the leftmost or the rightmost label.',
  ),
  certificate: required(
    foreignKey('certificates'),
    'Certificate that clients who ask for this name are shown.',
  ),
  tags: tags(),
})

/** Which certificate a host name gets in TLS. Source: Kong Gateway 3.9, SNI object; RFC 6066 section 3. */
export type Sni = DeepReadonly<z.infer<typeof SNI_SCHEMA>>

export const SNI_DEFINITION: EntityDefinition<'snis'> = {
  kind: 'snis',
  schema: SNI_SCHEMA,
  endpointKey: 'name',
  unique: [['name']],
  foreignKeys: {
    certificate: { kind: 'certificates', isRequired: true, onParentDelete: 'cascade' },
  },
  hasUpdatedAt: true,
  hasFractionalTimestamps: false,
}

/** A server name in the one form that is compared: lower-case, without the dot that ends a fully qualified name. */
export function normalServerName(name: string): string {
  const lower = name.toLowerCase()
  return lower.endsWith('.') ? lower.slice(0, -1) : lower
}

function nameProblem(name: string): string | null {
  const stars = name.split('*').length - 1
  if (stars > 1) return 'only one wildcard must be specified'
  const authority = parseAuthority(name.replace('*', 'a'))
  if (authority === null) return invalidValue(name)
  if (authority.type !== 'name') return 'must not be an IP'
  if (authority.port !== null) return 'must not have a port'
  return stars === 0 || WILDCARD.test(name)
    ? null
    : 'wildcard must be leftmost or rightmost character'
}

const WILDCARD = /^(?:\*\.[^*]+|[^*]+\.\*)$/
