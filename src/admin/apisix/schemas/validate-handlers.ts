import type { RequestHandler } from 'express'
import { GatewayError } from '../../../model/errors.ts'
import { isPlainObject } from '../../../model/plain-object.ts'
import { exchangeOf } from '../../exchange.ts'
import { sendJson, sendText } from '../../reply.ts'
import { pathParameter } from '../../request-target.ts'
import { APISIX_DIALECT } from '../answer/apisix-dialect.ts'
import { apisixProblem, invalidConfiguration } from '../answer/apisix-problem.ts'
import type { ApisixDependencies } from '../apisix-dependencies.ts'
import { isAuthPlugin } from '../consumers/auth-plugins.ts'
import { acceptedBody } from '../input/accepted-body.ts'
import { readConfiguration } from '../input/read-json.ts'
import { checkedPlugins } from '../plugins/check-plugins.ts'
import { judgePlugin } from '../plugins/judge-plugin.ts'
import type { ApisixResource, ApisixValue } from '../shared/apisix-resource.ts'
import { viewOf } from '../shared/configuration-view.ts'

/** POST schema/validate/{resource}: 200 for what a PUT would take as far as it alone decides, else its error. */
export function validateHandler(
  dependencies: ApisixDependencies,
  resources: readonly ApisixResource[],
): RequestHandler {
  return async (request, response) => {
    const name = pathParameter(request, 'name')
    const resource = resources.find(({ segment }) => segment === name)
    if (resource === undefined) {
      throw new GatewayError('unsupported_resource_type', `Unsupported resource type: ${name}`)
    }
    const { receivedAtMs: nowMs } = exchangeOf(response)
    await judge({ ...dependencies, nowMs }, resource, await readConfiguration(request))
    sendText(response, 200, { text: '', contentType: 'application/json; charset=utf-8' })
  }
}

/** POST configs/validate: many configurations by kind, all problems at once (reference apisix.md, e). */
export function validateAllHandler(
  dependencies: ApisixDependencies,
  resources: readonly ApisixResource[],
): RequestHandler {
  return async (request, response) => {
    const given = await readConfiguration(request)
    const judging = { ...dependencies, nowMs: exchangeOf(response).receivedAtMs }
    const errors: object[] = []
    for (const [type, list] of Object.entries(given)) {
      const resource = resources.find(({ segment }) => segment === type)
      if (resource === undefined) throw apisixProblem(`Unsupported resource type: ${type}`)
      if (!Array.isArray(list)) throw apisixProblem(`${type} must be a list`)
      for (const [index, item] of list.entries()) {
        const error = await problemOf(judging, resource, item)
        if (error !== null) {
          const resource_id: unknown = isPlainObject(item) ? (item[resource.idField] ?? null) : null
          errors.push({ resource_type: type, index, resource_id, error })
        }
      }
    }
    if (errors.length === 0) sendJson(response, 200, {})
    else sendJson(response, 400, { error_msg: 'Configuration validation failed', errors })
  }
}

interface Judging extends ApisixDependencies {
  readonly nowMs: number
}

async function problemOf(
  judging: Judging,
  resource: ApisixResource,
  item: unknown,
): Promise<string | null> {
  try {
    if (!isPlainObject(item)) throw invalidConfiguration([], 'wrong type: expected object')
    await judge(judging, resource, item)
    return null
  } catch (error) {
    if (!(error instanceof GatewayError) || error.status >= 500) throw error
    const body = APISIX_DIALECT.body(error, '') as { readonly error_msg?: string }
    return body.error_msg ?? error.message
  }
}

async function judge(
  { snapshot, store, draws, nowMs }: Judging,
  resource: ApisixResource,
  given: ApisixValue,
): Promise<void> {
  const isConsumer = resource.idField === 'username'
  const hasId = (given[resource.idField] ?? null) !== null
  const body = hasId && !isConsumer ? acceptedBody(resource, given, null).body : given
  // Passwords that are not stored need no hash.
  const prepared = await resource.prepare(body, async (unsealed) => unsealed)
  const plugins = Object.entries((prepared.plugins ?? {}) as ApisixValue)
  const checked = checkedPlugins(
    viewOf(snapshot()),
    Object.fromEntries(plugins.filter(([name]) => !(isConsumer && isAuthPlugin(name)))),
  )
  for (const plugin of checked) await judgePlugin(store, plugin, { nowMs, draws })
}
