import type { Release } from '../document/release.ts'
import { foldNewEvents } from '../state/fold.ts'
import type { NewReleaseEvent, ServiceAddress } from '../state/release-event.ts'
import type { ReleaseState } from '../state/release-state.ts'
import type { Surroundings } from './surroundings.ts'
import { type OwnedFields, wantedPlugin } from './wanted-plugin.ts'

/** What is to be written in the same transaction as events. Parts that are null stay as they are. */
export interface Effect {
  readonly plugin: PluginEffect | null
  readonly service: Partial<ServiceAddress> | null
}

export type PluginEffect =
  /** Changes the plugin `id`, or creates one on the service when it is null, enabled and with these fields. */
  | { readonly kind: 'write'; readonly id: string | null; readonly fields: OwnedFields }
  | { readonly kind: 'delete'; readonly id: string }

const NOTHING: Effect = { plugin: null, service: null }

/** Happenings that change the plugin: with them it is what the traffic of the release asks for. */
const WRITING: ReadonlySet<string> = new Set([
  'started',
  'retried',
  'traffic-set',
  'rollback-started',
  'rolled-back',
  'superseded',
])

/**
 * What these events, which follow on the state, do to the plugin and to the service. A release that has not started
 * owns no plugin and changes none; of a service that is gone there is nothing to change.
 */
export function effectOf(
  release: Release,
  state: ReleaseState,
  events: readonly NewReleaseEvent[],
  { plugin, service }: Pick<Surroundings, 'plugin' | 'service'>,
): Effect {
  const after = foldNewEvents(release, state, events)
  const types = events.map(({ happening }) => happening.type)
  if (service === null || after.startedAtMs === null) return NOTHING
  const id = plugin?.id ?? null
  if (types.includes('succeeded') && release.document.on_success === 'promote') {
    return {
      plugin: id === null ? null : { kind: 'delete', id },
      service: promotedAddress(release),
    }
  }
  if (!types.some((type) => WRITING.has(type))) return NOTHING
  return {
    plugin: { kind: 'write', id, fields: wantedPlugin(release, after.traffic) },
    service: null,
  }
}

/** Host, port and path of the canary, as far as they are given. */
function promotedAddress({ document: { canary } }: Release): Partial<ServiceAddress> {
  return {
    ...(canary.upstream_host !== null && { host: canary.upstream_host }),
    ...(canary.upstream_port !== null && { port: canary.upstream_port }),
    ...(canary.upstream_uri !== null && { path: canary.upstream_uri }),
  }
}
