import type { ServiceCanary } from './service-canary.ts'

/** A call of the Admin API. */
export interface Write {
  readonly method: 'PATCH' | 'POST'
  readonly path: string
  readonly body: unknown
}

export interface ShareOptions {
  readonly percent: number
  readonly upstreamHost?: string | undefined
  readonly upstreamPort?: number | undefined
  readonly upstreamUri?: string | undefined
  readonly hash?: string | undefined
}

export type ShareChange =
  | { readonly kind: 'write'; readonly write: Write; readonly notes: readonly string[] }
  /** It cannot be done, and what to do instead. */
  | { readonly kind: 'refused'; readonly message: string }

const GROUP_HASHES = new Set(['allow', 'deny', 'whitelist', 'blacklist'])

/** What sets the share of the service’s own canary plugin, or creates it. Pure. */
export function shareChange(canary: ServiceCanary, options: ShareOptions): ShareChange {
  const { source, config } = canary
  if (source?.scope !== 'service' || config === null) return creation(canary, options)
  const given = { percentage: options.percent, ...upstreamOf(options), ...hashOf(options) }
  const hash = options.hash ?? config.hash
  if (GROUP_HASHES.has(hash)) {
    return refused(
      `the canary of ${nameOf(canary)} decides by groups (hash: ${hash}), where a share means nothing; give --hash consumer, ip or none to decide by share`,
    )
  }
  return {
    kind: 'write',
    write: {
      method: 'PATCH',
      path: `/plugins/${source.plugin_id}`,
      body: { config: given, ...(options.percent > 0 ? { enabled: true } : {}) },
    },
    notes: notesOf(canary, options.percent),
  }
}

function creation(canary: ServiceCanary, options: ShareOptions): ShareChange {
  const { service, source } = canary
  const upstream = upstreamOf(options)
  if (Object.keys(upstream).length === 0) {
    const why =
      source === null
        ? `service ${nameOf(canary)} has no canary yet`
        : `the canary of service ${nameOf(canary)} is that of its ${source.scope}, which others share`
    return refused(
      `${why}; say where the new version is: --upstream-host HOST and --upstream-port PORT create one for this service`,
    )
  }
  const config = { percentage: options.percent, ...upstream, ...hashOf(options) }
  return {
    kind: 'write',
    write: {
      method: 'POST',
      path: `/services/${service.id}/plugins`,
      body: { name: 'canary', config },
    },
    notes: notesOf(canary, options.percent),
  }
}

/**
 * What takes everybody to the primary: share 0 in the canaries of the service and of its routes. A plugin in which
 * groups or a header would keep somebody on the canary is disabled as well; one that other services share is disabled
 * for this one by a plugin of its own. Pure; none where nobody is on the canary.
 */
export function rollbackWrites(canary: ServiceCanary): Write[] {
  const { source, config, service } = canary
  const overrides = canary.overrides
    .filter((override) => override.source.enabled)
    .map(({ source: { plugin_id: id } }) => disabling(id))
  if (source === null || config === null || !source.enabled) return overrides
  if (source.scope !== 'service') {
    const own = { ...config, percentage: 0, ...NOBODY_BY_RULE }
    const body = { name: 'canary', config: own }
    return [{ method: 'POST', path: `/services/${service.id}/plugins`, body }, ...overrides]
  }
  const isByRule =
    GROUP_HASHES.has(config.hash) ||
    (config.always_groups ?? []).length > 0 ||
    config.canary_by_header_name !== null
  if (isByRule) return [disabling(source.plugin_id), ...overrides]
  if (config.percentage === 0) return overrides
  const path = `/plugins/${source.plugin_id}`
  return [{ method: 'PATCH', path, body: { config: { percentage: 0 } } }, ...overrides]
}

const NOBODY_BY_RULE = {
  hash: 'none',
  groups: null,
  always_groups: null,
  canary_by_header_name: null,
}

function disabling(pluginId: string): Write {
  const body = { enabled: false, config: { percentage: 0 } }
  return { method: 'PATCH', path: `/plugins/${pluginId}`, body }
}

function upstreamOf(options: ShareOptions): Readonly<Record<string, unknown>> {
  const { upstreamHost, upstreamPort, upstreamUri } = options
  const given = {
    upstream_host: upstreamHost,
    upstream_port: upstreamPort,
    upstream_uri: upstreamUri,
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}

function hashOf({ hash }: ShareOptions): Readonly<Record<string, string>> {
  return hash === undefined ? {} : { hash }
}

/** Who does not follow the share. */
function notesOf({ config, overrides }: ServiceCanary, percent: number): string[] {
  const never = config?.never_groups ?? []
  const always = config?.always_groups ?? []
  const routes = overrides.map(({ route }) => route.name ?? route.id)
  return [
    ...(percent > 0 && never.length > 0
      ? [`never_groups (${never.join(', ')}) stay on the primary`]
      : []),
    ...(percent < 100 && always.length > 0
      ? [`always_groups (${always.join(', ')}) stay on the canary`]
      : []),
    ...(routes.length > 0 ? [`routes with a canary of their own stay: ${routes.join(', ')}`] : []),
  ]
}

function nameOf({ service }: ServiceCanary): string {
  return service.name ?? service.id
}

function refused(message: string): ShareChange {
  return { kind: 'refused', message }
}
