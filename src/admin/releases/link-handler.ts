import type { RequestHandler, Response } from 'express'
import { z } from 'zod'
import { GatewayError } from '../../model/errors.ts'
import { entityById } from '../../model/snapshot.ts'
import type { LiveRelease } from '../../releases/controller/live-release.ts'
import { toldRelease } from '../../releases/controller/told-release.ts'
import { type ReleaseLink, verifyLink } from '../../releases/delivery/release-link.ts'
import {
  CONFIRMATION_HEADERS,
  confirmationPage,
  linkResultPage,
} from '../../releases/notifications/confirmation-page.ts'
import { GATEWAY_ACTOR } from '../../releases/state/release-event.ts'
import { decodeUtf8 } from '../body/decode-utf8.ts'
import { readBody } from '../body/read-body.ts'
import { exchangeOf } from '../exchange.ts'
import { sendText } from '../reply.ts'
import { pathParameter } from '../request-target.ts'
import type { Handlers } from '../serve-path.ts'
import type { ReleaseDependencies } from './release-dependencies.ts'

const MAX_FORM_BYTES = 16 * 1024
const FORM = z.object({ name: z.string().trim().min(1).max(128), reason: z.string().max(1024) })

/**
 * /releases/links/{token}, from a message: GET shows what the link does, POST of its form does it, once. The token is
 * the permission: it is signed for one verb of one release, and expires.
 */
export function linkHandlers(dependencies: ReleaseDependencies): Handlers {
  return {
    GET: pageHandler(async (token, _request, response) => {
      const found = await openLink(dependencies, token)
      if (found.kind === 'page') return sendPage(response, found.status, found.html)
      const { live, link, expiresAtMs } = found
      const release = told(dependencies, live)
      sendPage(response, 200, confirmationPage({ verb: link.verb, release, expiresAtMs }))
    }),
    POST: pageHandler(async (token, request, response) => {
      const form = new URLSearchParams(decodeUtf8(await readBody(request, MAX_FORM_BYTES)))
      const found = await openLink(dependencies, token)
      if (found.kind === 'page') return sendPage(response, found.status, found.html)
      const given = FORM.safeParse({ name: form.get('name'), reason: form.get('reason') ?? '' })
      if (!given.success || given.data.name === GATEWAY_ACTOR) {
        return sendPage(response, 400, linkResultPage('Not done', 'Your own name is required.'))
      }
      const { live, link } = found
      const { author } = exchangeOf(response)
      const { name, reason } = given.data
      const done = await dependencies.controller.apply(live.stored.id, {
        verb: link.verb,
        args: { reason: reason || null, linkId: link.linkId, step: null },
        author: { ...author, actor: name },
      })
      sendPage(response, 200, linkResultPage('Done', done.message))
    }),
  }
}

type Opened =
  | { readonly kind: 'page'; readonly status: number; readonly html: string }
  | {
      readonly kind: 'open'
      readonly live: LiveRelease
      readonly link: ReleaseLink
      readonly expiresAtMs: number
    }

async function openLink(
  { controller, linkKey, now }: ReleaseDependencies,
  token: string,
): Promise<Opened> {
  const verified = await verifyLink(token, linkKey, now())
  if (verified.kind === 'invalid') {
    return notice(403, 'Not valid', 'This link was not made by this gateway.')
  }
  if (verified.kind === 'expired') {
    return notice(410, 'Expired', 'This link has expired; use the newest message.')
  }
  const { link, expiresAtMs } = verified
  const live = await controller.find(link.releaseId)
  if (live.events.some(({ linkId }) => linkId === link.linkId)) {
    return notice(410, 'Used', 'This link was used already.')
  }
  return { kind: 'open', live, link, expiresAtMs }
}

function notice(status: number, title: string, text: string): Opened {
  return { kind: 'page', status, html: linkResultPage(title, text) }
}

function told({ snapshot }: ReleaseDependencies, live: LiveRelease) {
  const service = entityById(snapshot(), 'services', live.stored.serviceId)?.entity
  return toldRelease(live, { serviceName: service?.name ?? null })
}

/** What goes wrong is told as a page, since people read it. */
function pageHandler(
  handle: (
    token: string,
    request: Parameters<RequestHandler>[0],
    response: Response,
  ) => Promise<void>,
): RequestHandler {
  return async (request, response) => {
    try {
      await handle(pathParameter(request, 'token'), request, response)
    } catch (error) {
      if (!(error instanceof GatewayError) || error.status >= 500) throw error
      sendPage(response, error.status, linkResultPage('Not done', error.message))
    }
  }
}

function sendPage(response: Response, status: number, html: string): void {
  for (const [name, value] of Object.entries(CONFIRMATION_HEADERS)) response.setHeader(name, value)
  sendText(response, status, { text: html, contentType: 'text/html; charset=utf-8' })
}
