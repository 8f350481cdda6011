import type { ConfigurationView } from '../shared/configuration-view.ts'

/** Name of an upstream without one that Kong could take: no host outside has such a name (RFC 6761 section 6.4). */
export function derivedUpstreamName(id: string): string {
  return `${id}.apisix.invalid`
}

/** One label, so that it is no name of a host on the internet. */
const SIMPLE_NAME = /^[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?$/i

/**
 * The name for a new upstream in Kong's dialect: the one given in APISIX's when services may name it as their host, none
 * does so yet, and no other upstream has it; else one that follows from the id.
 */
export function newUpstreamName(view: ConfigurationView, id: string, given: string | null): string {
  const isUsable =
    given !== null &&
    SIMPLE_NAME.test(given) &&
    given.toLowerCase() !== 'localhost' &&
    view.where('upstreams', 'name', given).length === 0 &&
    view.where('services', 'host', given).length === 0
  return isUsable ? given : derivedUpstreamName(id)
}
