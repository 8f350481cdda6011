import type { ApisixId } from '../../../model/apisix/apisix-id.ts'
import { entityIdOf } from '../../../model/apisix/apisix-id.ts'
import type { Upstream } from '../../../model/upstream.ts'
import { apisixProblem } from '../answer/apisix-problem.ts'
import { parseConfiguration } from '../input/parse-configuration.ts'
import type { ApisixWrite } from '../shared/apisix-resource.ts'
import type { ConfigurationView } from '../shared/configuration-view.ts'
import { EMBEDDED_UPSTREAM, type UpstreamBody } from './upstream-body.ts'
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

/** Stores the upstream that is written in its owner, which must be there; null takes it away. */
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
  const place = { id: null, owner, isInService: owner.kind === 'services' }
  await writeUpstream(write, { id: owner.id, body, place, kong: {} })
}

/** Stands for what is not there: requests get 503. */
export const NO_UPSTREAM: UpstreamBody = parseConfiguration(EMBEDDED_UPSTREAM, { nodes: [] })
