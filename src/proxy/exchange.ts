import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ParsedRequest } from '../model/request.ts'
import { accessEntry } from './access-facts.ts'
import { type Choice, choose, type FormWanted } from './choose.ts'
import { closeInDrain } from './close-in-drain.ts'
import { isTls, serverNameOf } from './connection/server-socket.ts'
import { Delivery, type DeliveryEnds } from './delivery.ts'
import type { ClientStreams } from './forwarder.ts'
import { type GatewayAnswer, gatewayAnswer } from './gateway-answer.ts'
import type { GatewayContext } from './gateway-context.ts'
import { parseHead } from './head/parse-head.ts'
import { answerToFailure, CLIENT_LEFT_STATUS, type Loss } from './outcome.ts'
import { readForm } from './read-form.ts'
import type { Runtime } from './runtime.ts'
import { sendAnswer, withVariant } from './send-answer.ts'

const OVERLOADED = gatewayAnswer(503, 'The gateway is overloaded', {
  fields: [['Retry-After', '1']],
  closes: true,
})
/** Of a request that was forwarded nowhere. */
const NOT_DELIVERED = { peer: null, tries: 0, upstreamMs: null, fallback: null } as const

/** One request of a client, from its head to its one entry in the access log. */
export class Exchange implements DeliveryEnds {
  readonly #context: GatewayContext
  readonly #client: ClientStreams
  readonly #incoming: IncomingMessage
  readonly #response: ServerResponse
  readonly #requestId: string
  readonly #startedMs: number
  readonly #now: number
  #request: ParsedRequest | null = null
  #expectsContinue = false
  /** What was read of the body for the choice. */
  #keptBody: Buffer | null = null
  #choice: Choice | null = null
  #delivery: Delivery | null = null
  #isRecorded = false

  constructor(context: GatewayContext, client: ClientStreams) {
    this.#context = context
    this.#client = client
    this.#incoming = client.request
    this.#response = client.response
    this.#requestId = context.newRequestId()
    this.#startedMs = context.clock.monotonicMs()
    this.#now = context.clock.now()
  }

  /** Serves the request. Never throws: what goes wrong is answered and recorded. */
  serve(): void {
    try {
      this.#serve()
    } catch (error) {
      this.failed(error)
    }
  }

  lost({ answer, reason }: Loss): void {
    this.#answer(answer, reason)
  }

  over(status: number, reason: string | null): void {
    this.#record(status, reason)
  }

  /** An error of the gateway itself: told to the operator, and as little as possible to the client. */
  failed(error: unknown): void {
    this.#context.reportBug(error, this.#requestId)
    if (!this.#response.headersSent) {
      this.#answer(answerToFailure('internal'), 'internal')
      return
    }
    this.#response.destroy()
    this.#record(this.#response.statusCode, 'internal')
  }

  #guard(step: () => void): void {
    try {
      step()
    } catch (error) {
      this.failed(error)
    }
  }

  #serve(): void {
    const { shedsFor } = this.#context.overload.state
    if (shedsFor !== null) {
      this.#answer(OVERLOADED, `overload-${shedsFor}`)
      return
    }
    const verdict = this.#parseHead()
    if (verdict.kind === 'refused') {
      const fields = verdict.allow === null ? [] : [['Allow', verdict.allow] as const]
      const options = { fields, closes: true }
      this.#answer(gatewayAnswer(verdict.status, verdict.message, options), verdict.reason)
      return
    }
    this.#request = verdict.request
    this.#expectsContinue = verdict.expectsContinue
    const runtime = this.#context.runtime()
    const choice = choose(runtime, verdict.request, {
      now: this.#now,
      draws: this.#context.draws,
      health: this.#context.health,
    })
    if (choice.kind === 'form-wanted') this.#readForm(choice, verdict.request, runtime)
    else this.#follow(choice, verdict.request)
  }

  /** For a choice that depends on the form: reads it, then chooses again, on the same runtime. */
  #readForm(wanted: FormWanted, request: ParsedRequest, runtime: Runtime): void {
    if (this.#expectsContinue) this.#response.writeContinue()
    this.#expectsContinue = false
    readForm(this.#context, this.#client, {
      limitBytes: wanted.bodyLimitBytes,
      read: (form, keptBody) =>
        this.#guard(() => {
          this.#keptBody = keptBody
          const { draws, health } = this.#context
          const choice = choose(runtime, request, { now: this.#now, draws, health, form })
          if (choice.kind === 'form-wanted') throw new Error('a form that was read is wanted again')
          this.#follow(choice, request)
        }),
      lost: (loss) => this.#guard(() => this.#lose(wanted, loss)),
    })
  }

  #follow(choice: Choice, request: ParsedRequest): void {
    this.#choice = choice
    if (choice.kind === 'answer') {
      this.#answer(choice.answer, choice.reason)
      return
    }
    this.#delivery = new Delivery({
      context: this.#context,
      client: this.#client,
      request,
      expectsContinue: this.#expectsContinue,
      keptBody: this.#keptBody,
      choice,
      requestId: this.#requestId,
      startedMs: this.#startedMs,
      ends: this,
    })
    this.#delivery.start()
  }

  /** The client did not send what the choice depends on. */
  #lose({ plan, identity }: FormWanted, { answer, reason }: Loss): void {
    this.#choice = { kind: 'answer', answer, reason, plan, identity }
    if (answer.status === CLIENT_LEFT_STATUS) this.#record(answer.status, reason)
    else this.#answer(answer, reason)
  }

  #parseHead(): ReturnType<typeof parseHead> {
    const { socket, method = '', url = '', httpVersion, rawHeaders } = this.#incoming
    return parseHead(
      {
        method,
        target: url,
        httpVersion,
        rawHeaders,
        peerAddress: socket.remoteAddress ?? '',
        listenerPort: socket.localPort ?? 0,
        isTls: isTls(socket),
        serverName: serverNameOf(socket),
      },
      this.#context.trust,
      this.#context.limits,
    )
  }

  #answer(answer: GatewayAnswer, reason: string): void {
    closeInDrain(this.#context, this.#client)
    sendAnswer(this.#client, withVariant(answer, this.#choiceInForce()), {
      requestId: this.#requestId,
      server: this.#context.product.server,
      latencyMs: Math.round(this.#context.clock.monotonicMs() - this.#startedMs),
      accept: this.#incoming.headers.accept ?? null,
      hasBody: this.#request !== null && this.#request.body.kind !== 'none',
    })
    this.#record(answer.status, reason)
  }

  #choiceInForce(): Choice | null {
    return this.#delivery?.choice ?? this.#choice
  }

  /** The entry of the request: the first call counts. */
  #record(status: number, reason: string | null): void {
    if (this.#isRecorded) return
    this.#isRecorded = true
    this.#delivery?.end()
    const endedMs = this.#context.clock.monotonicMs()
    const { peer, tries, upstreamMs, fallback } = this.#delivery?.facts ?? NOT_DELIVERED
    this.#context.record(
      accessEntry({
        peer,
        tries,
        upstreamMs,
        fallback,
        at: this.#now,
        requestId: this.#requestId,
        incoming: this.#incoming,
        request: this.#request,
        choice: this.#choiceInForce(),
        status,
        totalMs: endedMs - this.#startedMs,
        reason,
      }),
    )
  }
}
