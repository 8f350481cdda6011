import { z } from 'zod'
import type { DeepReadonly } from '../deep-readonly.ts'
import { integer, oneOf, optional, required, uuid, withDefault } from '../fields.ts'
import { apisixId } from './apisix-id.ts'
import { APISIX_TIMEOUT, apisixDescription, apisixLabels, apisixName } from './common-fields.ts'

const OWNER = z.strictObject({
  kind: required(oneOf(['services', 'routes']), 'Kind of the owner: services or routes.'),
  id: required(uuid(), 'Id of the owner.'),
})

/** What an upstream says that was written in APISIX's dialect, and Kong's fields have no words for. */
export const UPSTREAM_EXTENSION = z.strictObject({
  id: optional(apisixId(), 'Id as it was written; null (the id of the entity) by default.'),
  name: apisixName(),
  desc: apisixDescription(),
  labels: apisixLabels(),
  owner: optional(
    OWNER,
    'Service or route that the upstream is written in, and is deleted with; null (none) by default.',
  ),
  nodes_as: withDefault(
    oneOf(['list', 'object']),
    'list',
    'Whether nodes were written as a list or as an object of weights: list or object; default list.',
  ),
  scheme: optional(
    oneOf(['http', 'https']),
    'What targets speak: http or https; null (the protocol of the service) by default.',
  ),
  pass_host: withDefault(
    oneOf(['pass', 'node', 'rewrite']),
    'pass',
    'Host field for the targets: pass (that of the client), node (their own) or rewrite (host_header); default pass. preserve_host of routes is then without effect.',
  ),
  timeout: optional(APISIX_TIMEOUT, 'Limits of time; null (those of the service) by default.'),
  retries: optional(
    integer(0, 32767),
    'Tries after the first, 0 to 32767 and fewer than there are targets; null (those of the service, else each other target once) by default.',
  ),
  tls_verify: optional(
    z.boolean(),
    'Whether certificates of targets are verified; null (tls_verify of the service) by default.',
  ),
})

export type UpstreamExtension = DeepReadonly<z.infer<typeof UPSTREAM_EXTENSION>>
