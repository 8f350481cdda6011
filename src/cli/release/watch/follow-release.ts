import { type EventSourceMessage, EventSourceParserStream } from 'eventsource-parser/stream'
import { callAdmin, GatewayUnavailable, reasonOf, wholeAnswer } from '../../admin/call-admin.ts'
import { Refusal } from '../refusal.ts'
import { RELEASE_ANSWER, type ReleaseAnswer } from '../release-answer.ts'
import { actorHeader, type ReleaseClient, readAnswer } from '../release-client.ts'
import { releasePath } from '../release-paths.ts'

/** What one hears of a release. */
export type News =
  /** How it stands; `body` is all that the gateway said. */
  | { readonly kind: 'release'; readonly release: ReleaseAnswer; readonly body: unknown }
  /** The gateway is gone; it is asked again after so long. */
  | { readonly kind: 'lost'; readonly reason: string; readonly retryMs: number }

export interface FollowParts {
  readonly client: ReleaseClient
  /** Resolves after so long, or when it shall end. */
  readonly pause: (ms: number) => Promise<void>
  readonly stopped: AbortSignal
}

const FIRST_RETRY_MS = 250
const LONGEST_RETRY_MS = 5_000
const UNAVAILABLE = new Set([502, 503, 504])

/**
 * GET /releases/{r}/watch until the release has ended or it is stopped. A gateway that goes away after it has answered
 * once is asked again, with back-off, for as long as it takes. Fails when it refuses, and when it never answered.
 */
export async function* followRelease(
  { client, pause, stopped }: FollowParts,
  release: string,
): AsyncGenerator<News> {
  let hasAnswered = false
  let retryMs = FIRST_RETRY_MS
  while (!stopped.aborted) {
    let reason = 'it closed the connection'
    try {
      const events = await openStream(client, release, stopped)
      hasAnswered = true
      for await (const event of unbroken(events)) {
        if (event.event === 'end') return
        if (event.event !== 'release') continue
        retryMs = FIRST_RETRY_MS
        const body: unknown = JSON.parse(event.data)
        yield { kind: 'release', release: readAnswer(RELEASE_ANSWER, body), body }
      }
    } catch (error) {
      if (stopped.aborted) return
      if (!isPassing(error) || !hasAnswered) throw error
      reason = reasonOf(error)
    }
    if (stopped.aborted) return
    yield { kind: 'lost', reason, retryMs }
    await pause(retryMs)
    retryMs = Math.min(LONGEST_RETRY_MS, retryMs * 2)
  }
}

/** The stream has broken off. */
class Broken extends Error {}

async function openStream(client: ReleaseClient, release: string, stopped: AbortSignal) {
  const response = await callAdmin(client.address, releasePath(release, 'watch'), {
    signal: stopped,
    headers: { accept: 'text/event-stream', ...actorHeader(client.actor) },
  })
  if (!response.ok || response.body === null) throw new Refusal(await wholeAnswer(response))
  return response.body
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream())
}

/** The events; a stream that breaks off fails as Broken, and not what is done with them. */
async function* unbroken(stream: ReadableStream<EventSourceMessage>) {
  const events = stream[Symbol.asyncIterator]()
  for (;;) {
    const next = await events.next().catch((cause: unknown) => {
      throw new Broken(reasonOf(cause), { cause })
    })
    if (next.done) return
    yield next.value
  }
}

function isPassing(error: unknown): boolean {
  if (error instanceof GatewayUnavailable || error instanceof Broken) return true
  return error instanceof Refusal && UNAVAILABLE.has(error.status)
}
