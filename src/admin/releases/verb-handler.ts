import type { RequestHandler } from 'express'
import { z } from 'zod'
import { integer, optional, text } from '../../model/fields.ts'
import type { Verb } from '../../releases/engine/verb.ts'
import { exchangeOf } from '../exchange.ts'
import { sendJson } from '../reply.ts'
import { pathParameter } from '../request-target.ts'
import { readFields } from './read-fields.ts'
import type { ReleaseDependencies } from './release-dependencies.ts'
import { releaseView } from './release-view.ts'

const VERB_BODY = z.strictObject({
  reason: optional(text().max(1024), 'Why, for people; null by default.'),
  step: optional(integer(1, 200), 'Where jump goes, counted from 1; required for jump only.'),
})

/** POST /releases/{r}/{verb}: the same again is no error, and changes nothing. */
export function verbHandler(dependencies: ReleaseDependencies, verb: Verb): RequestHandler {
  return async (request, response) => {
    const { author } = exchangeOf(response)
    const args = { ...(await readFields(request, VERB_BODY)), linkId: null }
    const done = await dependencies.controller.apply(pathParameter(request, 'release'), {
      verb,
      args,
      author,
    })
    sendJson(response, 200, {
      changed: done.isChanged,
      message: done.message,
      recorded: done.unrecorded === null,
      ...(done.unrecorded === null ? {} : { not_recorded_because: done.unrecorded }),
      release: releaseView(dependencies, done.release),
    })
  }
}
