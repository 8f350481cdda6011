import type { SideReadings } from '../../metrics/traffic/minute-window.ts'
import type { TrafficWindows } from '../../metrics/traffic/traffic-windows.ts'
import type { Draws } from '../../model/draws.ts'
import { entityById, type Snapshot } from '../../model/snapshot.ts'
import type { DeliveryRecord, ReleaseStore } from '../../store/releases/release-store.ts'
import { askGate } from '../delivery/ask-gate.ts'
import type { DeliveryAttempt, DeliveryTools } from '../delivery/delivery-tools.ts'
import { NotificationQueue } from '../delivery/notification-queue.ts'
import { LINK_VERBS, type LinkVerb, signLink } from '../delivery/release-link.ts'
import { shownUrl } from '../document/without-secrets.ts'
import type { GateQuestion } from '../engine/move.ts'
import type { GateAnswer } from '../engine/surroundings.ts'
import { gateBody } from '../notifications/gate-body.ts'
import type { NoticeLinks, NoticeMessage, SideNumbers } from '../notifications/notice-message.ts'
import { isEnded } from '../state/phase.ts'
import { GATEWAY_ACTOR } from '../state/release-event.ts'
import type { LiveRelease } from './live-release.ts'
import { noticeOf } from './notice-of.ts'
import type { Written } from './release-writer.ts'
import { toldRelease } from './told-release.ts'
import type { WaitingNotice } from './waiting-notice.ts'

export interface OutsideParts {
  readonly store: ReleaseStore
  readonly tools: DeliveryTools
  readonly snapshot: () => Snapshot
  readonly traffic: Pick<TrafficWindows, 'minute'>
  readonly draws: Draws
  /** Key of the links in messages. */
  readonly linkKey: Uint8Array
  /** Where links lead, without a slash at the end. */
  readonly baseUrl: () => string
  readonly log: { error(fields: object, message: string): void }
}

/** What is told; `key` distinguishes it from all else that is told of its release. */
type News = Pick<NoticeMessage, 'notice' | 'atMs' | 'reason' | 'actor'> & { readonly key: string }

/** What releases ask of and tell to other systems. Nothing of it can stop or fail a release. */
export class Outside {
  readonly #parts: OutsideParts
  readonly #queue: NotificationQueue

  constructor(parts: OutsideParts) {
    this.#parts = parts
    this.#queue = new NotificationQueue(parts.tools)
  }

  /** Asks a gate, with all its tries. Never rejects: what goes wrong is a no. */
  async ask(live: LiveRelease, question: GateQuestion, signal: AbortSignal): Promise<GateAnswer> {
    const { tools, draws } = this.#parts
    const { id } = live.stored
    const attempts: DeliveryRecord[] = []
    try {
      const links = await this.#links(live)
      const told = toldRelease(live, { serviceName: this.#serviceName(live) })
      const asking = {
        body: gateBody(question, told, { reason: live.state.reason, links }),
        idempotencyKey: draws.uuid(),
        onAttempt: (attempt: DeliveryAttempt) =>
          void attempts.push(record('gate', question.name, shownUrl(question.gate.url), attempt)),
        signal,
      }
      return await askGate(question, asking, tools)
    } catch (error) {
      this.#parts.log.error({ err: error, release: id }, 'a gate could not be asked')
      return { isYes: false, atMs: tools.nowMs(), detail: 'the gateway could not ask' }
    } finally {
      void this.#keep(id, attempts)
    }
  }

  /** Sends what people asked to be told of these events. Returns at once. */
  tell({ live, added }: Written): void {
    for (const event of added) {
      const notice = noticeOf(live.release, event.happening)
      if (notice === null) continue
      const { atMs, reason } = event
      const actor = event.actor === GATEWAY_ACTOR ? null : event.actor
      this.#begin(live, { notice, atMs, reason, actor, key: `${event.sequence}` })
    }
  }

  /** Sends that a release waits, and what for. Returns at once. */
  tellWaiting(live: LiveRelease, { move, occasion, reason }: WaitingNotice): void {
    const key = `waiting-${move}-${occasion.replace(' ', '-')}`
    const atMs = this.#parts.tools.nowMs()
    this.#begin(live, { notice: 'waiting', atMs, reason, actor: null, key })
  }

  /** Gives up what is on its way. */
  async stop(): Promise<void> {
    await this.#queue.close()
    await this.#parts.tools.client.close()
  }

  #begin(live: LiveRelease, news: News): void {
    if (live.stored.document.notify.length > 0) void this.#send(live, news)
  }

  async #send(live: LiveRelease, { key, ...news }: News): Promise<void> {
    const { id, document } = live.stored
    const { notice } = news
    try {
      const links = await this.#links(live)
      const name = this.#serviceName(live)
      const message = {
        ...news,
        release: toldRelease(live, { serviceName: name }),
        numbers: this.#numbers(name ?? live.stored.serviceId, live.state.startedAtMs ?? 0),
        links,
      }
      for (const notification of document.notify) {
        if (notification.on !== null && !notification.on.includes(notice)) continue
        this.#queue.send({
          notification,
          message,
          idempotencyKey: `${id}-${key}`,
          onAttempt: (attempt) =>
            void this.#keep(id, [
              record(
                'notification',
                notice,
                shownUrl(notification.url, notification.format),
                attempt,
              ),
            ]),
          onEnd: () => {},
        })
      }
    } catch (error) {
      this.#parts.log.error({ err: error, release: id }, 'a notification could not be made')
    }
  }

  async #links(live: LiveRelease): Promise<NoticeLinks> {
    const { linkKey, baseUrl, draws, tools } = this.#parts
    const links: Record<LinkVerb, string | null> = { approve: null, reject: null, rollback: null }
    if (isEnded(live.state.phase)) return links
    for (const verb of LINK_VERBS) {
      if (verb !== 'rollback' && !isWaitingForPeople(live)) continue
      const link = { releaseId: live.stored.id, verb, linkId: draws.uuid() }
      links[verb] = `${baseUrl()}/releases/links/${await signLink(link, linkKey, tools.nowMs())}`
    }
    return links
  }

  #numbers(service: string, sinceMs: number) {
    const { traffic, tools } = this.#parts
    const { primary, canary } = traffic.minute(service, tools.nowMs(), sinceMs)
    return { primary: sideNumbers(primary), canary: sideNumbers(canary) }
  }

  #serviceName({ stored }: LiveRelease): string | null {
    return entityById(this.#parts.snapshot(), 'services', stored.serviceId)?.entity.name ?? null
  }

  async #keep(releaseId: string, records: readonly DeliveryRecord[]): Promise<void> {
    const { store, log } = this.#parts
    await store.recordDeliveries(releaseId, records).catch((error: unknown) => {
      log.error({ err: error, release: releaseId }, 'a delivery could not be recorded')
    })
  }
}

function isWaitingForPeople({ release, state: { step } }: LiveRelease): boolean {
  if (step === null || step.isActed) return false
  return release.steps[step.index]?.action.kind === 'approval'
}

function sideNumbers({ requests, errors, p99Ms }: SideReadings): SideNumbers {
  return { requests, errorRate: requests === 0 ? null : errors / requests, p99Ms }
}

/** An attempt as GET /releases/{r}/deliveries shows it. */
function record(
  kind: 'gate' | 'notification',
  name: string,
  url: string,
  attempt: DeliveryAttempt,
): DeliveryRecord {
  return {
    kind,
    name,
    url,
    at: { at: new Date(attempt.atMs).toISOString(), epoch: attempt.atMs / 1000 },
    took_ms: Math.round(attempt.tookMs),
    attempt: attempt.attempt,
    status: attempt.status,
    accepted: attempt.isAccepted,
    detail: attempt.detail,
  }
}
