import type { CompiledUpstream } from '../balancing/compile-upstream.ts'
import type { Scheme } from '../model/request.ts'
import { SERVICE_DEFAULTS, type Service } from '../model/service.ts'
import type { CanaryUpstream } from '../variants/compile-canary.ts'
import type { UpstreamTimeouts, UpstreamTls } from './forwarder.ts'
import { compileUpstreamTls, type UpstreamTlsSources } from './tls/upstream-tls.ts'

/** Where one variant's requests go, and how. */
export interface VariantPlan {
  /** Plays the part of `service.path`. */
  readonly path: string | null
  readonly scheme: Scheme
  /** Null over plain HTTP. */
  readonly tls: UpstreamTls | null
  readonly timeouts: UpstreamTimeouts
  /** Tries after the first. */
  readonly retries: number
  /** Whether the upstream gets the client's Host. */
  readonly preservesHost: boolean
  readonly balancing: Balancing
}

/** A configured upstream; or a host that is none, whose addresses take turns and are not checked. */
export interface Balancing {
  readonly kind: 'upstream' | 'host'
  readonly upstream: CompiledUpstream
}

/** Equal for the same upstream, and for the same host and port, of any snapshot. */
export function destinationKey({ kind, upstream }: Balancing): string {
  return kind === 'upstream' ? upstream.id : upstream.name
}

/** Equal for the same path at the same upstream. */
export function destinationOf({ path, balancing }: VariantPlan): string {
  return `${destinationKey(balancing)} ${path ?? ''}`
}

/** What variants are planned from. */
export interface VariantSources extends UpstreamTlsSources {
  /** Inline upstreams have their id as name. */
  upstreamByName(name: string): CompiledUpstream | undefined
  hostAt(host: string, port: number): CompiledUpstream
}

/** The service that variants take the place of, and what the route says of them all. */
export interface VariantPlace {
  readonly service: Service
  readonly preservesHost: boolean
  /** In place of those of upstream and service; null for none. */
  readonly timeouts: UpstreamTimeouts | null
}

/** The primary, or what a canary plugin puts in its place. */
export function planVariant(
  place: VariantPlace,
  override: CanaryUpstream | null,
  sources: VariantSources,
): VariantPlan {
  const { service } = place
  const host = override?.host ?? service.host
  const port = override?.port ?? service.port
  const upstream = sources.upstreamByName(host)
  const balancing: Balancing =
    upstream === undefined
      ? { kind: 'host', upstream: sources.hostAt(host, port) }
      : { kind: 'upstream', upstream }
  return { ...planAt(place, balancing, sources), path: override?.uri ?? service.path }
}

/** The service at another upstream, which may say itself how requests go to it. */
export function planAt(
  { service, preservesHost, timeouts }: VariantPlace,
  balancing: Balancing,
  sources: VariantSources,
): VariantPlan {
  const { clientCertificateId, manner } = balancing.upstream
  const scheme = manner?.scheme ?? (service.protocol === 'https' ? 'https' : 'http')
  return {
    path: service.path,
    scheme,
    tls: compileUpstreamTls(
      {
        ...service,
        protocol: scheme,
        tls_verify: manner?.verifiesTls ?? service.tls_verify,
      },
      clientCertificateId,
      sources,
    ),
    timeouts: timeouts ?? manner?.timeouts ?? timeoutsOf(service),
    retries:
      manner === null
        ? (service.retries ?? SERVICE_DEFAULTS.retries)
        : Math.min(manner.retries ?? service.retries ?? manner.otherTargets, manner.otherTargets),
    preservesHost: manner === null ? preservesHost : manner.passHost === 'pass',
    balancing,
  }
}

function timeoutsOf({ connect_timeout, write_timeout, read_timeout }: Service): UpstreamTimeouts {
  return {
    connectMs: connect_timeout ?? SERVICE_DEFAULTS.timeoutMs,
    sendMs: write_timeout ?? SERVICE_DEFAULTS.timeoutMs,
    readMs: read_timeout ?? SERVICE_DEFAULTS.timeoutMs,
  }
}
