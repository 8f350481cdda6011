import type { ApisixId } from '../../../model/apisix/apisix-id.ts'
import { entityIdOf } from '../../../model/apisix/apisix-id.ts'
import type { Upstream } from '../../../model/upstream.ts'
import { apisixProblem } from '../answer/apisix-problem.ts'
import { parseConfiguration } from '../input/parse-configuration.ts'
import type { ApisixWrite } from '../shared/apisix-resource.ts'
import type { ConfigurationView } from '../shared/configuration-view.ts'
import { EMBEDDED_UPSTREAM, type UpstreamBody } from './upstream-body.ts'
import { derivedUpstreamName } from './upstream-name.ts'
import { writeUpstream } from './write-upstream.ts'

/** What an upstream is written in. Its own upstream has its id. */
export interface UpstreamOwner {
  readonly kind: 'services' | 'routes'
  readonly id: string
}

/** The upstream that a body names. Fails with invalid_options. Source of the words: reference apisix.md, c2. */
export function referencedUpstream(view: ConfigurationView, id: ApisixId): Upstream {
  const found = view.get('upstreams', entityIdOf('upstreams', id))
  if (found !== undefined) return found
  throw apisixProblem(`failed to fetch upstream info by upstream id [${id}], response code: 404`)
}

/** The upstream that is written in its owner; undefined when there is none. */
export function ownUpstream(view: ConfigurationView, owner: UpstreamOwner): Upstream | undefined {
  const found = view.get('upstreams', owner.id)
  return isOwnedBy(found, owner) ? found : undefined
}

/** Whether an upstream is written in this owner. */
export function isOwnedBy(upstream: Upstream | undefined, { kind, id }: UpstreamOwner): boolean {
  const owner = upstream?.apisix?.owner ?? null
  return owner !== null && owner.kind === kind && owner.id === id
}

/** Name of the upstream that is written in its owner, which may have been renamed in Kong's dialect. */
export function ownUpstreamName(view: ConfigurationView, owner: UpstreamOwner): string {
  return ownUpstream(view, owner)?.name ?? derivedUpstreamName(owner.id)
}

/**
 * Stores the upstream that is written in its owner, which must be there; null takes it away. Fails with invalid_options
 * when something else has its id, which is that of the owner.
 */
export async function writeOwnUpstream(
  write: ApisixWrite,
  owner: UpstreamOwner,
  body: UpstreamBody | null,
): Promise<void> {
  if (body === null) {
    if (ownUpstream(write.view, owner) !== undefined) {
      await write.transaction.remove('upstreams', owner.id)
    }
    return
  }
  refuseTakenId(write.view, owner)
  const place = { id: null, owner, isInService: owner.kind === 'services' }
  await writeUpstream(write, { id: owner.id, body, place, kong: {} })
}

function refuseTakenId(view: ConfigurationView, owner: UpstreamOwner): void {
  const present = view.get('upstreams', owner.id)
  if (present === undefined || isOwnedBy(present, owner)) return
  // A PUT in Kong's dialect that leaves `apisix` out takes the owner from it.
  if (!present.apisix && present.name === derivedUpstreamName(owner.id)) return
  const holder = present.apisix?.owner ? `in ${present.apisix.owner.kind}` : 'by itself'
  throw apisixProblem(
    `an upstream with the id [${owner.id}] is written ${holder} already: give upstream_id in place of upstream, or another id`,
  )
}

/** Stands for what is not there: requests get 503. */
export const NO_UPSTREAM: UpstreamBody = parseConfiguration(EMBEDDED_UPSTREAM, { nodes: [] })
