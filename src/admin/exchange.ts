import type { RequestHandler, Response } from 'express'
import { GatewayError } from '../model/errors.ts'
import { textFromHeader } from '../model/header-text.ts'
import { GATEWAY_ACTOR } from '../releases/state/release-event.ts'
import type { ChangeAuthor } from '../store/store.ts'
import type { AdminDependencies } from './dependencies.ts'

const MAX_ACTOR_LENGTH = 128

/** Facts about one call of the Admin API. */
export interface Exchange {
  /** 32 hex digits; also in the answer, the log and the audit row. */
  readonly requestId: string
  readonly author: ChangeAuthor
  /** Epoch milliseconds at which the call arrived; every timestamp it writes. */
  readonly receivedAtMs: number
}

/**
 * Opens the exchange of each call and sets the headers that every answer carries.
 * The actor is what `Canary-Actor` claims, else `anonymous@<peer>`.
 */
export function exchanges(
  dependencies: Pick<AdminDependencies, 'now' | 'draws' | 'version' | 'isServing'>,
): RequestHandler {
  return (request, response, next) => {
    const receivedAtMs = dependencies.now()
    const requestId = dependencies.draws.uuid().replaceAll('-', '')
    const claimed = textFromHeader(request.get('canary-actor') ?? '')
    const exchange: Exchange = {
      requestId,
      receivedAtMs,
      author: {
        actor: claimed || `anonymous@${request.socket.remoteAddress ?? 'unknown'}`,
        requestId,
        at: new Date(receivedAtMs),
      },
    }
    response.locals.exchange = exchange
    response.setHeader('Server', `canary-gateway/${dependencies.version}`)
    response.setHeader('X-Kong-Admin-Request-ID', requestId)
    // A node that stops sends its callers on to the one after it.
    if (!dependencies.isServing()) response.setHeader('Connection', 'close')
    response.setHeader('Cache-Control', 'no-store')
    response.setHeader('X-Content-Type-Options', 'nosniff')
    measureLatency(response, receivedAtMs, dependencies.now)
    if (claimed.length > MAX_ACTOR_LENGTH) {
      const message = `Canary-Actor is longer than ${MAX_ACTOR_LENGTH} characters`
      throw new GatewayError('invalid_options', message)
    }
    if (claimed === GATEWAY_ACTOR) {
      const message = `Canary-Actor is '${GATEWAY_ACTOR}', which stands for what the gateway does by itself; give another name`
      throw new GatewayError('invalid_options', message)
    }
    next()
  }
}

/** The exchange that `exchanges` opened for this answer. */
export function exchangeOf(response: Response): Exchange {
  return response.locals.exchange as Exchange
}

/** The head is written in one place of Node; setting the header there makes it true for every answer. */
function measureLatency(response: Response, receivedAtMs: number, now: () => number): void {
  const writeHead = response.writeHead
  response.writeHead = function withLatency(this: Response, ...args: unknown[]): Response {
    this.setHeader('X-Kong-Admin-Latency', String(Math.max(0, now() - receivedAtMs)))
    return Reflect.apply(writeHead, this, args) as Response
  } as Response['writeHead']
}
