import { DeckClient } from './deck-client.ts'
import { readDefaults } from './deck-defaults.ts'
import { type DeckEvent, diff } from './deck-diff.ts'
import { dump } from './deck-dump.ts'
import { type DeckFile, pluginNames, stateOf } from './deck-file.ts'
import type { DeckState } from './deck-kinds.ts'
import { apply } from './deck-sync.ts'

/** Plays what decK sends to an Admin API, call by call. Any answer that decK would stumble over is an error. */
export interface DeckPlayer {
  readonly client: DeckClient
  /** `deck gateway ping`: the version it believes to talk to, as [major, minor]. */
  ping(): Promise<readonly [number, number]>
  /** `deck gateway dump`. */
  dump(pageSize?: number): Promise<DeckState>
  /** `deck gateway diff`: what a sync would do. */
  diff(file: DeckFile): Promise<readonly DeckEvent[]>
  /** `deck gateway sync`: what it did. */
  sync(file: DeckFile): Promise<readonly DeckEvent[]>
  close(): void
}

export function startDeckPlayer(adminUrl: string): DeckPlayer {
  const client = new DeckClient(adminUrl)
  const compare = async (file: DeckFile) => {
    await ping(client)
    const current = await dump(client)
    const defaults = await readDefaults(client, pluginNames(file))
    const events = diff(current, stateOf(file, current, defaults), defaults)
    return { current, defaults, events }
  }
  return {
    client,
    ping: () => ping(client),
    dump: (pageSize) => dump(client, pageSize),
    diff: async (file) => (await compare(file)).events,
    sync: async (file) => {
      const { events, ...context } = await compare(file)
      await apply(client, events, context)
      return events
    },
    close: () => client.close(),
  }
}

async function ping(client: DeckClient): Promise<readonly [number, number]> {
  const { version } = (await client.call('GET', '/')) as { readonly version?: unknown }
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(String(version)) ?? []
  if (major === undefined || minor === undefined) {
    throw new Error(`unknown Kong version: '${version}'`)
  }
  return [Number(major), Number(minor)]
}
