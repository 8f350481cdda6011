import type { PickedPeer } from '../balancing/pick-peer.ts'
import { withoutQueryArgs } from '../model/query-args.ts'
import type { ParsedRequest } from '../model/request.ts'
import { joinUpstreamPath, strippedPrefix } from '../routing/upstream-path.ts'
import type { ForwardChoice } from './choose.ts'
import type { ConnectionReuse, UpstreamRequest } from './forwarder.ts'
import { upstreamFields } from './upstream-fields.ts'

/** What a try is made of: the request, what was chosen for it, and the peer that was picked. */
export interface UpstreamRequestParts extends Pick<PickedPeer, 'peer' | 'load'> {
  readonly request: ParsedRequest
  readonly choice: ForwardChoice
  readonly requestId: string
  readonly via: string
  readonly expectsContinue: boolean
  readonly keptBody: Buffer | null
  readonly isUpgrade: boolean
  readonly reuse: ConnectionReuse
}

/** The request as the upstream shall see it; made anew for each try from what the client sent. */
export function buildUpstreamRequest(parts: UpstreamRequestParts): UpstreamRequest {
  const { request, choice, peer } = parts
  const { plan, variant, hidden } = choice
  const pathInput = {
    servicePath: variant.path,
    routePath: choice.match.matchedPath,
    stripPath: plan.route.strip_path,
    pathHandling: plan.route.path_handling ?? 'v0',
    requestPath: request.path,
  }
  const host = hostField(parts)
  const query = hidden?.query ? withoutQueryArgs(request.query, hidden.query) : request.query
  return {
    connections: parts.load.connections,
    destination: { host: peer.address ?? peer.host, port: peer.port, tls: variant.tls },
    method: request.method,
    target: joinUpstreamPath(pathInput) + query,
    host,
    fields: upstreamFields({
      request,
      host,
      requestId: parts.requestId,
      via: parts.via,
      strippedPrefix: strippedPrefix(pathInput),
      identityFields: choice.identityFields,
      hiddenFields: hidden?.headers ?? null,
      variant: choice.variantField,
      expectsContinue: parts.expectsContinue,
      isUpgrade: parts.isUpgrade,
    }),
    body: request.body,
    keptBody: parts.keptBody,
    bodyLimitBytes: choice.bodyLimitBytes,
    expectsContinue: parts.expectsContinue,
    isUpgrade: parts.isUpgrade,
    timeouts: variant.timeouts,
    reuse: parts.reuse,
  }
}

/** Host for the upstream: the client's where it is preserved, else the upstream's own, else the peer's. */
function hostField({ request, choice, peer }: UpstreamRequestParts): string {
  const { balancing, preservesHost, scheme } = choice.variant
  if (preservesHost && request.authority !== '') return request.authority
  if (balancing.kind === 'upstream' && balancing.upstream.hostHeader !== null) {
    return balancing.upstream.hostHeader
  }
  const defaultPort = scheme === 'https' ? 443 : 80
  if (peer.port !== defaultPort) return peer.authority
  return peer.host.includes(':') ? `[${peer.host}]` : peer.host
}
