import { z } from 'zod'
import { apisixId } from '../../../model/apisix/apisix-id.ts'
import { apisixDescription, apisixLabels } from '../../../model/apisix/common-fields.ts'
import { apisixHosts } from '../../../model/apisix/hosts.ts'
import { optional, text } from '../../../model/fields.ts'
import { apisixProblem } from '../answer/apisix-problem.ts'
import { parseConfiguration } from '../input/parse-configuration.ts'
import type { ApisixValue } from '../shared/apisix-resource.ts'
import { EMBEDDED_UPSTREAM } from '../upstreams/upstream-body.ts'

/** What services and routes have in common. Plugins are judged one by one, and `kong` by what may stand there. */
export const COMMON_FIELDS = {
  name: optional(text().max(256), 'Name of any kind; null (none) by default.'),
  desc: apisixDescription(),
  labels: apisixLabels(),
  enable_websocket: optional(z.boolean(), 'Taken and shown; WebSockets pass in any case.'),
  plugins: optional(z.record(z.string(), z.unknown()), 'Plugins by name; null (none) by default.'),
  upstream: optional(EMBEDDED_UPSTREAM, 'Where requests go; null (upstream_id) by default.'),
  upstream_id: optional(apisixId(), 'Id of the upstream; null (upstream) by default.'),
  kong: z.unknown().optional(),
}

export const SERVICE_BODY = z.strictObject({
  ...COMMON_FIELDS,
  hosts: optional(apisixHosts(), 'Hosts of routes that have none; null (any) by default.'),
  type: optional(z.literal('http'), 'Always http; what API7 writes.'),
})

export type ServiceBody = z.infer<typeof SERVICE_BODY>

/** A service. Source: APISIX 3.18 (reference apisix.md, c2). Fails with schema_violation or invalid_options. */
export function parseService({ id: _, ...fields }: ApisixValue): ServiceBody {
  const body = parseConfiguration(SERVICE_BODY, fields)
  refuseTwoUpstreams(body)
  return body
}

export function refuseTwoUpstreams({
  upstream,
  upstream_id,
}: Pick<ServiceBody, 'upstream' | 'upstream_id'>): void {
  if (upstream === null || upstream_id === null) return
  throw apisixProblem('only one of upstream or upstream_id is allowed')
}
