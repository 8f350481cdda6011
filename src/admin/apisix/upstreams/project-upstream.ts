import { balancingOf } from '../../../model/apisix/chash.ts'
import { checksOf } from '../../../model/apisix/checks.ts'
import { nodesOfTargets } from '../../../model/apisix/nodes.ts'
import type { Upstream } from '../../../model/upstream.ts'
import { parseEntity } from '../../../model/validate.ts'
import type { ApisixValue } from '../shared/apisix-resource.ts'
import type { ConfigurationView } from '../shared/configuration-view.ts'
import { fieldsBeyond, underKong, withoutNulls } from '../shared/kong-fields.ts'
import { EMBEDDED_UPSTREAM } from './upstream-body.ts'
import {
  KONG_ONLY_UPSTREAM_FIELDS,
  SAYABLE_UPSTREAM_FIELDS,
  upstreamFields,
} from './upstream-fields.ts'
import { derivedUpstreamName } from './upstream-name.ts'

/** What service and route decide for an upstream that was not written in APISIX's dialect. */
const DECIDED_ELSEWHERE = ['scheme', 'pass_host', 'timeout', 'retries', 'tls.verify']

/** Key under which a value says so. */
export const AS_SERVICE_AND_ROUTE = 'as_service_and_route'

/** An upstream as it stands in APISIX, without id and times. What APISIX cannot say of it is under `kong`. */
export function projectUpstream(view: ConfigurationView, upstream: Upstream): ApisixValue {
  const { apisix } = upstream
  const targets = view.where('targets', 'upstream', upstream.id)
  const certificateId = upstream.client_certificate?.id ?? null
  const tls = withoutNulls({ client_cert_id: certificateId, verify: apisix?.tls_verify })
  const said = withoutNulls({
    name: nameOf(upstream),
    desc: apisix?.desc,
    labels: apisix?.labels,
    ...balancingOf(upstream),
    scheme: apisix?.scheme,
    pass_host: apisix?.pass_host ?? (upstream.host_header === null ? 'node' : 'rewrite'),
    upstream_host: upstream.host_header,
    timeout: apisix?.timeout,
    retries: apisix?.retries,
    checks: checksOf(upstream.healthchecks),
    tls: Object.keys(tls).length === 0 ? null : tls,
    nodes: nodesOfTargets(targets, apisix?.nodes_as ?? 'list'),
  })
  return { ...said, ...underKong(beyond(upstream, said)) }
}

/** The name that was given, which Kong's may be. */
function nameOf({ id, name, apisix }: Upstream): string | null {
  return apisix?.name ?? (name === derivedUpstreamName(id) ? null : name)
}

function beyond(upstream: Upstream, said: ApisixValue): ApisixValue {
  const decided = upstream.apisix ? {} : { [AS_SERVICE_AND_ROUTE]: DECIDED_ELSEWHERE }
  const meant = meantBy(upstream, said)
  const names = [...KONG_ONLY_UPSTREAM_FIELDS, ...SAYABLE_UPSTREAM_FIELDS]
  const isNameSaid =
    nameOf(upstream) === upstream.name || upstream.name === derivedUpstreamName(upstream.id)
  const fields = fieldsBeyond(upstream, names, {
    ...meant,
    ...(isNameSaid ? { name: upstream.name } : {}),
  })
  return { ...fields, ...decided }
}

/** The entity that a PUT of what is said would make. What it could not say at all counts as not said. */
function meantBy(upstream: Upstream, said: ApisixValue): ApisixValue {
  const parsed = EMBEDDED_UPSTREAM.safeParse({ ...said, nodes: [] })
  const place = { id: null, isNamedByKong: true, owner: null, isInService: false }
  const fields = parsed.success ? upstreamFields(parsed.data, place, upstream) : {}
  const { id, created_at, updated_at } = upstream
  return parseEntity('upstreams', {
    ...fields,
    id,
    created_at,
    updated_at,
    name: 'x',
  })
}
