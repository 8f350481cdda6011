import { z } from 'zod'
import { required, text } from '../../model/fields.ts'
import { FREEZE } from '../../releases/document/window.ts'
import type { GatewayFreeze, GatewayStop } from '../../store/releases/release-store.ts'
import { momentAt } from '../canary/moment.ts'
import { exchangeOf } from '../exchange.ts'
import { sendJson, sendNothing } from '../reply.ts'
import { pathParameter } from '../request-target.ts'
import type { Handlers } from '../serve-path.ts'
import { readFields } from './read-fields.ts'
import type { ReleaseDependencies } from './release-dependencies.ts'

const STOP_BODY = z.strictObject({
  reason: required(text().min(1).max(1024), 'Why all releases stop, for people.'),
})
const EMPTY_BODY = z.strictObject({})

/** GET and POST of /releases/stop: whether all progress is stopped, and the stop of it. */
export function stopHandlers({ controller, now }: ReleaseDependencies): Handlers {
  return {
    GET: (_, response) => sendJson(response, 200, stopView(controller.rules.stop)),
    POST: async (request, response) => {
      const { author } = exchangeOf(response)
      const { reason } = await readFields(request, STOP_BODY)
      await controller.setStop({ reason, actor: author.actor, atMs: now() }, author)
      sendJson(response, 200, stopView(controller.rules.stop))
    },
  }
}

/** POST /releases/resume-all: lifts the stop, if there is one. */
export function resumeAllHandlers({ controller }: ReleaseDependencies): Handlers {
  return {
    POST: async (request, response) => {
      await readFields(request, EMPTY_BODY)
      await controller.setStop(null, exchangeOf(response).author)
      sendJson(response, 200, stopView(controller.rules.stop))
    },
  }
}

/** GET and POST of /releases/freezes, those of the whole gateway. */
export function freezesHandlers({ controller }: ReleaseDependencies): Handlers {
  return {
    GET: (_, response) => {
      const data = controller.rules.freezes.map(freezeView)
      sendJson(response, 200, { data, next: null })
    },
    POST: async (request, response) => {
      const { author } = exchangeOf(response)
      const freeze = await controller.addFreeze(await readFields(request, FREEZE), author)
      sendJson(response, 201, freezeView(freeze))
    },
  }
}

/** DELETE of one freeze. */
export function freezeHandlers({ controller }: ReleaseDependencies): Handlers {
  return {
    DELETE: async (request, response) => {
      const { author } = exchangeOf(response)
      await controller.removeFreeze(pathParameter(request, 'freeze').toLowerCase(), author)
      sendNothing(response)
    },
  }
}

function stopView(stop: GatewayStop | null) {
  return stop === null
    ? { stopped: false, reason: null, actor: null, at: null }
    : { stopped: true, reason: stop.reason, actor: stop.actor, at: momentAt(stop.atMs) }
}

function freezeView({ createdAtMs, ...freeze }: GatewayFreeze) {
  return { ...freeze, created_at: momentAt(createdAtMs) }
}
