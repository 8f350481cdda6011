import { GatewayError } from '../../model/errors.ts'
import type { ReleaseReader, StoredRelease } from '../../store/releases/release-store.ts'
import { isEnded } from '../state/phase.ts'
import { type LiveRelease, liveRelease } from './live-release.ts'

/** Most that are read at once. */
const PAGE = 1000

/**
 * The live releases, in memory, and those that have ended and still have something to ask. All others are read when they
 * are asked for.
 */
export class ReleaseBook {
  readonly #kept = new Map<string, LiveRelease>()

  /** Reads all live releases: after a crash this is all that is needed to go on. */
  async load(reader: ReleaseReader): Promise<void> {
    let after: string | null = null
    do {
      const page: Awaited<ReturnType<ReleaseReader['list']>> = await reader.list({
        size: PAGE,
        after,
        serviceId: null,
        standing: 'live',
      })
      for (const stored of page.rows) this.set(await read(reader, stored))
      after = page.next
    } while (after !== null)
  }

  /** Those that are kept, the ended ones among them. */
  ids(): readonly string[] {
    return [...this.#kept.keys()]
  }

  live(): readonly LiveRelease[] {
    return [...this.#kept.values()].filter(isLive)
  }

  /** One that is kept, live or not. */
  kept(id: string): LiveRelease | null {
    return this.#kept.get(id) ?? null
  }

  liveOfService(serviceId: string): LiveRelease | null {
    return this.live().find(({ stored }) => stored.serviceId === serviceId) ?? null
  }

  /** The live release of this id or name; null without one. */
  liveNamed(key: string): LiveRelease | null {
    const named = () => this.live().find(({ stored }) => stored.name === key) ?? null
    const byId = this.kept(key.toLowerCase())
    return byId !== null && isLive(byId) ? byId : named()
  }

  /** The release of this id or, failing that, name: the live one, else the newest. Throws not_found. */
  async find(reader: ReleaseReader, key: string): Promise<LiveRelease> {
    const live = this.liveNamed(key)
    if (live !== null) return live
    const stored = (await reader.get(key.toLowerCase())) ?? (await reader.named(key))
    if (stored === null) {
      throw new GatewayError('not_found', `there is no release with the name or id '${key}'`)
    }
    return read(reader, stored)
  }

  /** Keeps a release as it is now. */
  set(release: LiveRelease): void {
    this.#kept.set(release.stored.id, release)
  }

  forget(id: string): void {
    this.#kept.delete(id)
  }
}

function isLive({ state }: LiveRelease): boolean {
  return !isEnded(state.phase)
}

/** A stored release with its events. */
export async function read(reader: ReleaseReader, stored: StoredRelease): Promise<LiveRelease> {
  return liveRelease(stored, await reader.events(stored.id))
}
