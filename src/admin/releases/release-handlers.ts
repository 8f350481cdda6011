import { GatewayError } from '../../model/errors.ts'
import { read } from '../../releases/controller/release-book.ts'
import { isEnded, PHASES, type Phase } from '../../releases/state/phase.ts'
import type { Outcome, ReleaseQuery } from '../../store/releases/release-store.ts'
import { refuseArgument } from '../canary/decision-query.ts'
import { findNamed } from '../canary/require-entity.ts'
import { exchangeOf } from '../exchange.ts'
import { pageBody, readOffset, readSize } from '../paging.ts'
import { sendJson, sendNothing } from '../reply.ts'
import { pathOf, pathParameter, queryOf } from '../request-target.ts'
import type { Handlers } from '../serve-path.ts'
import { readReleaseBody } from './read-release-body.ts'
import type { ReleaseDependencies } from './release-dependencies.ts'
import { releaseSummary, releaseView } from './release-view.ts'

/** GET (filtered by service and phase, newest first) and POST of /releases. */
export function releasesHandlers(dependencies: ReleaseDependencies): Handlers {
  const { store, controller } = dependencies
  return {
    GET: async (request, response) => {
      const query = queryOf(request)
      const phase = readPhase(query.get('phase'))
      const page = await store.releases.list({
        size: readSize(query),
        after: readOffset(query),
        serviceId: await readServiceId(dependencies, query.get('service')),
        standing: standingOf(phase),
      })
      const rows: ReturnType<typeof releaseSummary>[] = []
      for (const stored of page.rows) {
        const known = controller.kept(stored.id) ?? (await read(store.releases, stored))
        const row = releaseSummary(dependencies, known)
        if (phase === null || row.phase === phase) rows.push(row)
      }
      const keep = ['service', 'phase', 'size']
      sendJson(
        response,
        200,
        pageBody({ rows, next: page.next }, { path: pathOf(request), query, keep }),
      )
    },
    POST: async (request, response) => {
      const { author } = exchangeOf(response)
      const isSuperseding = readFlag(queryOf(request), 'supersede')
      const document = await readReleaseBody(request, author.actor)
      const live = await controller.create({ document, isSuperseding, author })
      sendJson(response, 201, releaseView(dependencies, live))
    },
  }
}

/** GET and DELETE of one release, by id or name. */
export function releaseHandlers(dependencies: ReleaseDependencies): Handlers {
  const { controller } = dependencies
  return {
    GET: async (request, response) => {
      const live = await controller.find(pathParameter(request, 'release'))
      sendJson(response, 200, releaseView(dependencies, live))
    },
    DELETE: async (request, response) => {
      await controller.remove(pathParameter(request, 'release'), exchangeOf(response).author)
      sendNothing(response)
    },
  }
}

/** A query argument that is there or not: `true`, `false`, or nothing, which is false. Fails with invalid_options. */
function readFlag(query: URLSearchParams, name: string): boolean {
  const given = query.get(name) ?? 'false'
  if (given === 'true' || given === 'false') return given === 'true'
  throw refuseArgument(name, `'${given}' is neither true nor false`)
}

function readPhase(given: string | null): Phase | null {
  if (given === null) return null
  const phase = PHASES.find((known) => known === given)
  if (phase !== undefined) return phase
  throw refuseArgument('phase', `'${given}' is no phase; expected one of ${PHASES.join(', ')}`)
}

function standingOf(phase: Phase | null): ReleaseQuery['standing'] {
  if (phase === null) return null
  return isEnded(phase) ? (phase as Outcome) : 'live'
}

/** The id in place of a name; one of a service that is gone stays as it is. */
async function readServiceId(
  { store }: ReleaseDependencies,
  given: string | null,
): Promise<string | null> {
  if (given === null) return null
  const service = await findNamed(store, 'services', given)
  if (service !== null) return service.id
  const { rows } = await store.releases.list({
    size: 1,
    after: null,
    serviceId: given.toLowerCase(),
    standing: null,
  })
  if (rows.length > 0) return given.toLowerCase()
  throw new GatewayError('not_found', `there is no service with the name or id '${given}'`)
}
