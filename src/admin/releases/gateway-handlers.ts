import { z } from 'zod'
import { optional, required, text } from '../../model/fields.ts'
import { FREEZE } from '../../releases/document/window.ts'
import type { GatewayFreeze, GatewayLift, GatewayStop } from '../../store/releases/release-store.ts'
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
const RESUME_BODY = z.strictObject({
  reason: optional(text().min(1).max(1024), 'Why releases may go on, for people; null by default.'),
})

/** GET and POST of /releases/stop: whether all progress is stopped, and the stop of it. */
export function stopHandlers({ controller, now }: ReleaseDependencies): Handlers {
  return {
    GET: (_, response) => sendJson(response, 200, stopView(controller.rules)),
    POST: async (request, response) => {
      const { author } = exchangeOf(response)
      const { reason } = await readFields(request, STOP_BODY)
      await controller.stopAll({ reason, actor: author.actor, atMs: now() }, author)
      sendJson(response, 200, stopView(controller.rules))
    },
  }
}

/** POST /releases/resume-all: lifts the stop, if there is one, and keeps who did it and why. */
export function resumeAllHandlers({ controller, now }: ReleaseDependencies): Handlers {
  return {
    POST: async (request, response) => {
      const { author } = exchangeOf(response)
      const { reason } = await readFields(request, RESUME_BODY)
      await controller.resumeAll({ reason, actor: author.actor, atMs: now() }, author)
      sendJson(response, 200, stopView(controller.rules))
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

/** `lifted` tells how the last stop ended. */
function stopView({ stop, lastLift }: ReleaseDependencies['controller']['rules']) {
  const lifted = lastLift === null ? null : whoAndWhy(lastLift)
  return stop === null
    ? { stopped: false, reason: null, actor: null, at: null, lifted }
    : { stopped: true, ...whoAndWhy(stop), lifted }
}

function whoAndWhy({ reason, actor, atMs }: GatewayStop | GatewayLift) {
  return { reason, actor, at: momentAt(atMs) }
}

function freezeView({ createdAtMs, ...freeze }: GatewayFreeze) {
  return { ...freeze, created_at: momentAt(createdAtMs) }
}
