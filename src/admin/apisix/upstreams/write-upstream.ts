import { childrenOf } from '../../../configuration/children.ts'
import { targetsOfNodes, type WeightedTarget } from '../../../model/apisix/nodes.ts'
import type { Entity } from '../../../model/entity.ts'
import { createEntity, patchEntity } from '../../resource/write-entity.ts'
import type { ApisixWrite } from '../shared/apisix-resource.ts'
import { keptFields } from '../shared/kong-fields.ts'
import { putUnder } from '../shared/put-entity.ts'
import { AS_SERVICE_AND_ROUTE } from './project-upstream.ts'
import type { UpstreamBody } from './upstream-body.ts'
import { KONG_ONLY_UPSTREAM_FIELDS, type UpstreamPlace, upstreamFields } from './upstream-fields.ts'
import { derivedUpstreamName, newUpstreamName } from './upstream-name.ts'

/** What to store as an upstream, and where. */
export interface UpstreamToStore {
  /** Id of the entity. */
  readonly id: string
  readonly body: UpstreamBody
  readonly place: Omit<UpstreamPlace, 'isNamedByKong'>
  /** What the body says in Kong's words. */
  readonly kong: Readonly<Record<string, unknown>>
}

/** Stores an upstream with its nodes as targets, in place of what is there. */
export async function writeUpstream(write: ApisixWrite, given: UpstreamToStore): Promise<Entity> {
  const { id, body, kong } = given
  const existing = write.view.get('upstreams', id) ?? null
  const name = existing?.name ?? nameOfNew(write, given)
  const place = { ...given.place, isNamedByKong: name === body.name }
  const { apisix, ...fields } = upstreamFields(body, place, existing)
  const { [AS_SERVICE_AND_ROUTE]: decidedElsewhere, ...kongFields } = kong
  const isKongs = decidedElsewhere !== undefined && !existing?.apisix
  const stored = await putUnder(write, 'upstreams', {
    id,
    fields: {
      ...keptFields(existing, KONG_ONLY_UPSTREAM_FIELDS),
      ...fields,
      ...(isKongs ? {} : { apisix }),
      name,
      ...kongFields,
    },
  })
  await writeTargets(write, id, targetsOfNodes(body))
  return stored
}

/** The service names its own upstream as its host, which nobody else can take from it. */
function nameOfNew({ view }: ApisixWrite, { id, body, place }: UpstreamToStore): string {
  return place.owner === null ? newUpstreamName(view, id, body.name) : derivedUpstreamName(id)
}

/** A millionth of a second apart, so that they keep their order. */
const APART_MS = 0.001

async function writeTargets(
  { transaction, nowMs, draws }: ApisixWrite,
  upstreamId: string,
  wanted: readonly WeightedTarget[],
): Promise<void> {
  const parent = { field: 'upstream', id: upstreamId }
  const place = { kind: 'targets', parent } as const
  const missing = new Map(wanted.map((target) => [target.target, target.weight]))
  for await (const { id, target, weight } of childrenOf(transaction, 'targets', parent)) {
    const wantedWeight = missing.get(target)
    missing.delete(target)
    if (wantedWeight === undefined) await transaction.remove('targets', id)
    else if (wantedWeight !== weight) {
      const body = { type: 'json', fields: { weight: wantedWeight } } as const
      await patchEntity(transaction, { place, body, nowMs, draws }, id)
    }
  }
  let at = nowMs
  for (const [target, weight] of missing) {
    const body = { type: 'json', fields: { target, weight } } as const
    await createEntity(transaction, { place, body, nowMs: at, draws })
    at += APART_MS
  }
}
