import type { ReleaseParts } from './admin/releases/release-dependencies.ts'
import { OpenWatches } from './admin/releases/watch-handler.ts'
import type { PeerView } from './balancing/peer-view.ts'
import type { Transact } from './configuration/transact.ts'
import type { TrafficWindows } from './metrics/traffic/traffic-windows.ts'
import type { Draws } from './model/draws.ts'
import type { LiveConfiguration } from './proxy/live-configuration.ts'
import { Outside } from './releases/controller/outside.ts'
import { ReleaseController } from './releases/controller/release-controller.ts'
import { tickEachSecond } from './releases/controller/tick.ts'
import { sleepFor } from './releases/delivery/delivery-tools.ts'
import { OutgoingClient } from './releases/delivery/outgoing-client.ts'
import type { Store } from './store/store.ts'

export interface ReleaseSetup {
  readonly store: Store
  readonly transact: Transact
  readonly configuration: LiveConfiguration
  readonly peers: PeerView
  readonly traffic: TrafficWindows
  readonly draws: Draws
  /** Epoch milliseconds. */
  readonly now: () => number
  /** From 0 to 1, 1 excluded. */
  readonly random: () => number
  /** Where links in messages lead, without a slash at the end. */
  readonly baseUrl: () => string
  readonly log: {
    info(fields: object, message: string): void
    error(fields: object, message: string): void
  }
  /** The configuration is a file: releases can be read, and none goes on. */
  readonly isDeclarative: boolean
}

/** The releases of a running node. */
export interface RunningReleases extends ReleaseParts {
  /** They go on from here: not before this node serves, since a start may still fail. */
  begin(): Promise<void>
  /** Nothing happens to a release from then on; the streams of watchers end. */
  stop(): Promise<void>
}

/** Reads the releases, which are where the last process left them. Fails as the store does. */
export async function readReleases(setup: ReleaseSetup): Promise<RunningReleases> {
  const { store, transact, configuration, peers, traffic, draws, now, log } = setup
  const watches = new OpenWatches()
  const linkKey = Buffer.from(await store.releases.linkKey(), 'base64url')
  const tools = {
    client: new OutgoingClient(),
    nowMs: now,
    random: setup.random,
    sleep: sleepFor,
  }
  const outside = new Outside({
    ...{ tools, traffic, draws, linkKey, log },
    store: store.releases,
    snapshot: () => configuration.snapshot,
    baseUrl: setup.baseUrl,
  })
  const controller = new ReleaseController({
    outside,
    ...{ store, transact, configuration, peers, draws, now, log },
    snapshot: () => configuration.snapshot,
  })
  if (!setup.isDeclarative) await controller.load()
  let endTicks = async () => {}
  return {
    ...{ controller, traffic, watches, linkKey },
    async begin() {
      await controller.evaluateAll()
      endTicks = tickEachSecond(() => controller.tick())
    },
    async stop() {
      await endTicks()
      watches.endAll()
      await controller.stop()
    },
  }
}
