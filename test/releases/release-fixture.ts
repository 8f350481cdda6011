import type { CanaryConfig } from '../../src/model/plugins/canary.ts'
import { PLUGIN_DEFINITIONS } from '../../src/model/plugins/registry.ts'
import { compileRelease } from '../../src/releases/document/compile-release.ts'
import { parseRelease } from '../../src/releases/document/parse-release.ts'
import type { Release } from '../../src/releases/document/release.ts'
import type { PluginView, Surroundings } from '../../src/releases/engine/surroundings.ts'
import type { VerbArguments } from '../../src/releases/engine/verb.ts'
import { wantedPlugin } from '../../src/releases/engine/wanted-plugin.ts'
import { foldEvents } from '../../src/releases/state/fold.ts'
import type { ReleaseHappening } from '../../src/releases/state/release-event.ts'
import type { ReleaseState } from '../../src/releases/state/release-state.ts'
import type { Traffic } from '../../src/releases/state/traffic.ts'
import { documentInput } from './document/document-input.ts'

export const RELEASE_ID = '11111111-1111-4111-8111-111111111111'
export const SERVICE = {
  id: '22222222-2222-4222-8222-222222222222',
  name: 'address',
  host: 'address-v1',
  port: 80,
  path: null,
} as const
const ADDRESS = { host: SERVICE.host, port: SERVICE.port, path: SERVICE.path }

export function releaseOf(given: Record<string, unknown> = {}): Release {
  return compileRelease(RELEASE_ID, SERVICE.id, parseRelease(documentInput(given)))
}

/** An event in short: what happened, and when after the creation. */
export type Told = readonly [atMs: number, happening: ReleaseHappening, actor?: string]

export const STARTED: ReleaseHappening = { type: 'started', service: ADDRESS }
export const RESUMED: ReleaseHappening = { type: 'resumed', service: ADDRESS }

/** State after the creation at 0 by anna, and these events. */
export function stateAfter(release: Release, ...told: readonly Told[]): ReleaseState {
  const { document, serviceId } = release
  const created: Told = [0, { type: 'created', document, serviceId }, 'anna']
  return foldEvents(
    release,
    [created, ...told].map(([atMs, happening, actor = 'gateway'], index) => ({
      sequence: index + 1,
      atMs,
      actor,
      reason: null,
      linkId: null,
      happening,
    })),
  )
}

/** Nothing is in the way, and the plugin is as the release wants it. */
export function surroundingsOf(
  release: Release,
  state: ReleaseState,
  given: Partial<Surroundings> = {},
): Surroundings {
  return {
    schedule: { closedBy: null, reason: null, sinceMs: null, changesAtMs: null },
    stop: null,
    stopLiftedAtMs: null,
    isCanaryUsable: true,
    plugin: state.startedAtMs === null ? null : pluginFor(release, state.traffic),
    service: SERVICE,
    answers: new Map(),
    asking: new Set(),
    ...given,
  }
}

export function pluginFor(release: Release, traffic: Traffic): PluginView {
  const config: CanaryConfig = {
    ...(PLUGIN_DEFINITIONS.canary.config.parse({}) as CanaryConfig),
    ...wantedPlugin(release, traffic),
  }
  return { id: '33333333-3333-4333-8333-333333333333', isEnabled: true, config }
}

export function by(actor: string, given: Partial<VerbArguments> = {}): VerbArguments {
  return { actor, reason: null, linkId: null, step: null, otherLive: null, ...given }
}
