import type { RequestHandler } from 'express'
import { VERBS } from '../../releases/engine/verb.ts'
import { sendJson } from '../reply.ts'
import { COLLECTIONS, NESTED, RELATED } from './endpoints.ts'

/** Paths that follow from no table of entities; a test compares all with what the router serves. */
const SINGLE_PATHS: readonly string[] = [
  '/',
  '/audit',
  '/metrics',
  '/config',
  '/consumer_groups/{consumer_groups}/consumers',
  '/consumer_groups/{consumer_groups}/consumers/{consumers}',
  '/consumers/{consumers}/consumer_groups',
  '/consumers/{consumers}/consumer_groups/{consumer_groups}',
  '/endpoints',
  '/plugins/enabled',
  '/plugins/schema/{name}',
  '/releases',
  '/releases/freezes',
  '/releases/freezes/{freezes}',
  '/releases/links/{token}',
  '/releases/plan',
  '/releases/resume-all',
  '/releases/stop',
  '/releases/{releases}',
  '/releases/{releases}/deliveries',
  '/releases/{releases}/events',
  '/releases/{releases}/watch',
  ...VERBS.map((verb) => `/releases/{releases}/${verb}`),
  '/schemas/plugins/{name}',
  '/schemas/{db_entity_name}/validate',
  '/schemas/{name}',
  '/services/{services}/canary',
  '/services/{services}/canary/decision',
  '/services/{services}/connections',
  '/status',
  '/tags',
  '/tags/{tags}',
  '/upstreams/{upstreams}/health',
  '/upstreams/{upstreams}/targets/all',
  '/upstreams/{upstreams}/targets/{targets}/healthy',
  '/upstreams/{upstreams}/targets/{targets}/unhealthy',
  '/upstreams/{upstreams}/targets/{targets}/{address}/healthy',
  '/upstreams/{upstreams}/targets/{targets}/{address}/unhealthy',
]

/** GET /endpoints: every path of the Admin API but those of APISIX's dialect. Source: Kong Gateway 3.9, information routes of the Admin API. */
export function endpointsHandler(): RequestHandler {
  const data = endpointPaths()
  return (_request, response) => sendJson(response, 200, { data })
}

/** Every path with its parameters as `{services}`, sorted by segment: what is below a path follows it. */
export function endpointPaths(): readonly string[] {
  const paths = new Set<string>(SINGLE_PATHS)
  for (const { kind, segment } of COLLECTIONS) {
    paths.add(`/${segment}`).add(`/${segment}/{${kind}}`)
  }
  for (const { parent, kind, segment } of NESTED) {
    const path = `/${parent.segment}/{${parent.kind}}/${segment}`
    paths.add(path).add(`${path}/{${kind}}`)
  }
  for (const { child, field } of RELATED) {
    paths.add(`/${child.segment}/{${child.kind}}/${field}`)
  }
  return [...paths].sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1))
}

/** A slash comes before every other character. */
function sortKey(path: string): string {
  return path.replaceAll('/', '\0')
}
