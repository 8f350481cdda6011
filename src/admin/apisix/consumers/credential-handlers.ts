import type { Request } from 'express'
import type { Consumer } from '../../../model/consumer.ts'
import { exchangeOf } from '../../exchange.ts'
import { sendJson } from '../../reply.ts'
import { pathParameter, queryOf } from '../../request-target.ts'
import type { Handlers } from '../../serve-path.ts'
import { keyNotFound } from '../answer/apisix-problem.ts'
import { indexed } from '../answer/envelope.ts'
import type { ApisixDependencies } from '../apisix-dependencies.ts'
import { acceptedBody } from '../input/accepted-body.ts'
import { readConfiguration } from '../input/read-json.ts'
import { refuseTtl } from '../input/write-query.ts'
import { type ConfigurationView, viewOf } from '../shared/configuration-view.ts'
import { authPlugin } from './auth-plugins.ts'
import { consumerNamed } from './consumer-name.ts'
import {
  findCredential,
  keyedCredential,
  listedCredentials,
  preparedCredential,
  putCredential,
} from './credential-resource.ts'

/** GET of the credentials of a consumer. */
export function credentialListHandlers({ snapshot }: ApisixDependencies): Handlers {
  return {
    GET: (request, response) => {
      const view = viewOf(snapshot())
      const consumer = consumerIn(view, request)
      const list = listedCredentials(view, consumer).map((one) => keyedCredential(consumer, one))
      sendJson(response, 200, { total: list.length, list })
    },
  }
}

/** GET, PUT and DELETE of a credential. */
export function credentialHandlers(dependencies: ApisixDependencies): Handlers {
  const { snapshot, store, transact, draws, sealBody } = dependencies
  return {
    GET: async (request, response) => {
      const { consumer, found } = credentialIn(viewOf(snapshot()), request)
      const { id } = found.credential
      const versions = await store.versionsOf(authPlugin(found.plugin).kind, [id])
      sendJson(response, 200, indexed(keyedCredential(consumer, found), versions.get(id)))
    },
    PUT: async (request, response) => {
      refuseTtl(queryOf(request))
      const given = await readConfiguration(request)
      const named = { idField: 'id', word: 'credential' } as const
      const { id, body } = acceptedBody(named, given, pathParameter(request, 'id'))
      const prepared = await preparedCredential(body, sealBody)
      const { author, receivedAtMs: nowMs } = exchangeOf(response)
      const isNew = await transact(author, async (transaction) => {
        const view = viewOf(snapshot())
        const consumer = consumerIn(view, request)
        const existing = findCredential(view, consumer, String(id))
        await putCredential({ transaction, view, nowMs, draws }, { consumer, id }, prepared)
        return existing === undefined
      })
      const { consumer, found } = credentialIn(viewOf(snapshot()), request)
      sendJson(response, isNew ? 201 : 200, keyedCredential(consumer, found))
    },
    DELETE: async (request, response) => {
      const key = await transact(exchangeOf(response).author, async (transaction) => {
        const { consumer, found } = credentialIn(viewOf(snapshot()), request)
        await transaction.remove(authPlugin(found.plugin).kind, found.credential.id)
        return keyedCredential(consumer, found).key
      })
      sendJson(response, 200, { key, deleted: '1' })
    },
  }
}

function consumerIn(view: ConfigurationView, request: Request): Consumer {
  const consumer = consumerNamed(view, pathParameter(request, 'consumer'))
  if (consumer === undefined) throw keyNotFound()
  return consumer
}

function credentialIn(view: ConfigurationView, request: Request) {
  const consumer = consumerIn(view, request)
  const found = findCredential(view, consumer, pathParameter(request, 'id'))
  if (found === undefined) throw keyNotFound()
  return { consumer, found }
}
