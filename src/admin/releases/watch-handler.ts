import type { RequestHandler } from 'express'
import type { LiveRelease } from '../../releases/controller/live-release.ts'
import { isEnded } from '../../releases/state/phase.ts'
import { pathParameter } from '../request-target.ts'
import type { ReleaseDependencies } from './release-dependencies.ts'
import { releaseView } from './release-view.ts'

const NUMBERS_EVERY_MS = 1_000
/** Longer than a timer is late, and much shorter than numbers are of interest. */
const SHARED_FOR_MS = 250
const HEARTBEAT_EVERY = 15

/** Streams that are open, to be ended when the gateway stops. */
export class OpenWatches {
  readonly #ends = new Set<() => void>()
  readonly #texts = new WeakMap<LiveRelease, { readonly text: string; readonly atMs: number }>()

  /** What is shown of a release, made once for all who watch it at about the same time. */
  textOf(live: LiveRelease, make: () => string): string {
    const known = this.#texts.get(live)
    const nowMs = performance.now()
    if (known !== undefined && nowMs - known.atMs < SHARED_FOR_MS) return known.text
    const text = make()
    this.#texts.set(live, { text, atMs: nowMs })
    return text
  }

  add(end: () => void): () => void {
    this.#ends.add(end)
    return () => this.#ends.delete(end)
  }

  endAll(): void {
    for (const end of [...this.#ends]) end()
  }
}

/**
 * GET /releases/{r}/watch, as Server-Sent Events: the release whenever it changed, at most once a second while only its
 * numbers do, and `end` when it has ended. A slow reader gets the newest state, never a queue of old ones.
 */
export function watchHandler(dependencies: ReleaseDependencies): RequestHandler {
  const { controller, watches } = dependencies
  return async (request, response) => {
    const { stored } = await controller.find(pathParameter(request, 'release'))
    let last = ''
    let silentFor = 0
    let isReading = false
    let isAgainWanted = false

    const show = (live: LiveRelease): void => {
      if (response.writableNeedDrain || response.writableEnded) return
      const text = watches.textOf(live, () => JSON.stringify(releaseView(dependencies, live)))
      if (text !== last) {
        last = text
        silentFor = 0
        response.write(`event: release\ndata: ${text}\n\n`)
      } else if (++silentFor >= HEARTBEAT_EVERY) {
        silentFor = 0
        response.write(': still here\n\n')
      }
      if (isEnded(live.state.phase) && controller.isRecorded(stored.id)) {
        finish(`event: end\ndata: {"phase":"${live.state.phase}"}\n\n`)
      }
    }
    const refresh = async (): Promise<void> => {
      if (isReading) {
        isAgainWanted = true
        return
      }
      isReading = true
      try {
        do {
          isAgainWanted = false
          show(await controller.find(stored.id))
        } while (isAgainWanted)
      } catch {
        // Deleted, or the database is closed: the client asks again and is told.
        finish('')
      } finally {
        isReading = false
      }
    }
    const timer = setInterval(() => void refresh(), NUMBERS_EVERY_MS)
    const unwatch = controller.watch(stored.id, () => void refresh())
    const close = () => {
      clearInterval(timer)
      unwatch()
      forget()
    }
    const finish = (farewell: string): void => {
      close()
      if (!response.writableEnded) response.end(farewell)
    }
    const forget = watches.add(() => finish(''))
    response.on('close', close)
    response.on('error', close)

    response.statusCode = 200
    response.setHeader('Content-Type', 'text/event-stream; charset=utf-8')
    response.setHeader('X-Accel-Buffering', 'no')
    response.flushHeaders()
    await refresh()
  }
}
