import { z } from 'zod'
import { apisixLabels } from '../../../model/apisix/common-fields.ts'
import { withEntityChecks } from '../../../model/entity-checks.ts'
import { isPlainObject } from '../../../model/plain-object.ts'
import {
  APISIX_UPSTREAM_CHECKS,
  APISIX_UPSTREAM_FIELDS,
  nodeList,
} from '../../../model/plugins/inline-upstream.ts'

/** An upstream that stands in a service or a route. Source: APISIX 3.18, upstream object (reference apisix.md, a4). */
export const EMBEDDED_UPSTREAM = z.preprocess(
  withNodeForm,
  withEntityChecks(
    z.strictObject({
      ...APISIX_UPSTREAM_FIELDS,
      labels: apisixLabels(),
      nodes_as: z.enum(['list', 'object']),
    }),
    APISIX_UPSTREAM_CHECKS,
  ),
)

export type UpstreamBody = z.infer<typeof EMBEDDED_UPSTREAM>

/** The form in which nodes were written is kept, and the nodes become a list. */
function withNodeForm(input: unknown): unknown {
  if (!isPlainObject(input)) return input
  const form = { nodes_as: isPlainObject(input.nodes) ? 'object' : 'list' }
  if (!Object.hasOwn(input, 'nodes')) return { ...input, ...form }
  return { ...input, ...form, nodes: nodeList(input.nodes) }
}
