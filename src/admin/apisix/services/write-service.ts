import { isDeepStrictEqual } from 'node:util'
import { type ApisixId, entityIdOf } from '../../../model/apisix/apisix-id.ts'
import type { Service } from '../../../model/service.ts'
import { checkedPlugins } from '../plugins/check-plugins.ts'
import { writePlugins } from '../plugins/scoped-plugins.ts'
import type { ApisixValue, ApisixWrite } from '../shared/apisix-resource.ts'
import { keptFields, ownKongFieldsOf } from '../shared/kong-fields.ts'
import { kongNameOf } from '../shared/kong-name.ts'
import { putUnder } from '../shared/put-entity.ts'
import {
  NO_UPSTREAM,
  ownUpstreamName,
  referencedUpstream,
  writeOwnUpstream,
} from '../upstreams/owned-upstream.ts'
import { destinationOf, projectService } from './project-service.ts'
import { parseService, type ServiceBody } from './service-body.ts'
import {
  DESTINATION_FIELDS,
  KONG_ONLY_SERVICE_FIELDS,
  KONG_ONLY_TLS_FIELDS,
  serviceExtension,
  toOwnUpstream,
  toUpstream,
} from './service-fields.ts'

const KONG_FIELDS = [...KONG_ONLY_SERVICE_FIELDS, ...KONG_ONLY_TLS_FIELDS, ...DESTINATION_FIELDS]

/** Stores a service with its upstream and its plugins; gives the id of the entity. */
export async function writeService(
  write: ApisixWrite,
  id: ApisixId,
  given: ApisixValue,
): Promise<string> {
  const { view } = write
  const body = parseService(given)
  const entityId = entityIdOf('services', id)
  const plugins = checkedPlugins(view, body.plugins)
  const existing = view.get('services', entityId)
  const shown = existing === undefined ? undefined : projectService(view, existing).kong
  const kong = ownKongFieldsOf(body.kong, KONG_FIELDS, { ofOthers: ['plugins'], shown })
  const keepsDestination = existing !== undefined && saysTheSame(write, existing, given)
  const destination = keepsDestination
    ? keptFields(existing, DESTINATION_FIELDS)
    : destinationFor(write, entityId, body)
  const name = await kongNameOf(write, 'services', { given: body.name, id: entityId })
  const isTls = destination.protocol === 'https' || destination.protocol === 'tls'
  await putUnder(write, 'services', {
    id: entityId,
    fields: {
      ...keptFields(existing, KONG_ONLY_SERVICE_FIELDS),
      ...(isTls ? keptFields(existing, KONG_ONLY_TLS_FIELDS) : {}),
      ...destination,
      name,
      apisix: serviceExtension(body, {
        id: entityId === id ? null : id,
        isNamedByKong: name === body.name,
      }),
      ...kong,
    },
  })
  const owner = { kind: 'services', id: entityId } as const
  if (!keepsDestination) await writeOwnUpstream(write, owner, ownUpstreamOf(body))
  await writePlugins(write, { field: 'service', id: entityId }, plugins)
  return entityId
}

/** A write that leaves the destination as it is shown changes nothing of it, also what APISIX cannot say. */
function saysTheSame({ view }: ApisixWrite, existing: Service, given: ApisixValue): boolean {
  const { upstream, upstream_id } = destinationOf(view, existing)
  return (
    isDeepStrictEqual(upstream, given.upstream ?? undefined) &&
    isDeepStrictEqual(upstream_id, given.upstream_id ?? undefined)
  )
}

function destinationFor({ view }: ApisixWrite, entityId: string, body: ServiceBody): ApisixValue {
  if (body.upstream_id !== null) return toUpstream(referencedUpstream(view, body.upstream_id))
  const name = ownUpstreamName(view, { kind: 'services', id: entityId })
  return toOwnUpstream(name, body.upstream ?? NO_UPSTREAM)
}

function ownUpstreamOf({ upstream, upstream_id }: ServiceBody) {
  return upstream_id === null ? (upstream ?? NO_UPSTREAM) : null
}
