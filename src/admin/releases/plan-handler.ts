import type { RequestHandler } from 'express'
import { childrenOf } from '../../configuration/children.ts'
import { GatewayError } from '../../model/errors.ts'
import type { Snapshot } from '../../model/snapshot.ts'
import type { Upstream } from '../../model/upstream.ts'
import { requireServiceOf } from '../../releases/controller/create-release.ts'
import { pluginView, serviceView } from '../../releases/controller/surroundings-of.ts'
import type { ReleaseDocument } from '../../releases/document/release-document.ts'
import { planRelease } from '../../releases/plan/plan-release.ts'
import type { CanaryUpstream } from '../../releases/plan/plan-surroundings.ts'
import { exchangeOf } from '../exchange.ts'
import { sendJson } from '../reply.ts'
import { readReleaseBody } from './read-release-body.ts'
import type { ReleaseDependencies } from './release-dependencies.ts'

/** POST /releases/plan: when each step would come, what it would carry, and what will hurt. Nothing is started. */
export function planHandler(dependencies: ReleaseDependencies): RequestHandler {
  const { store, controller, snapshot, traffic, now } = dependencies
  return async (request, response) => {
    const document = await readReleaseBody(request, exchangeOf(response).author.actor)
    const { id } = await requireServiceOf(store, document.service)
    const present = snapshot()
    const service = serviceView(present, id)
    if (service === null) throw new GatewayError('not_found', `there is no service '${id}'`)
    const hour = traffic.hour(service.name ?? id, now())
    const plugin = pluginView(present, id)
    const plan = planRelease(
      document,
      {
        service,
        freezes: controller.rules.freezes,
        stop: controller.rules.stop,
        groupMembers: groupMembers(present, document),
        canaryUpstream: await canaryUpstream(
          dependencies,
          document.canary.upstream_host ?? service.host,
        ),
        liveReleases: controller.live().map(({ stored }) => stored),
        routesOfTheirOwn: routesOfTheirOwn(present, id),
        currentSharePercent: plugin?.isEnabled ? (plugin.config.percentage ?? 0) : null,
        traffic:
          hour.requests === 0
            ? null
            : { requestsPerHour: hour.requests, consumersPerHour: hour.consumers },
      },
      now(),
    )
    sendJson(response, 200, plan)
  }
}

/** Names, or ids, of the routes of a service whose own canary plugin wins over that of the service. */
function routesOfTheirOwn({ tables }: Snapshot, serviceId: string): string[] {
  const names: string[] = []
  for (const { entity } of tables.plugins.values()) {
    if (entity.name !== 'canary' || !entity.enabled || entity.route === null) continue
    const route = tables.routes.get(entity.route.id)?.entity
    if (route?.service?.id === serviceId) names.push(route.name ?? route.id)
  }
  return names.sort()
}

/** Members of the groups that the release names, as far as any has some. */
function groupMembers({ tables }: Snapshot, { steps }: ReleaseDocument): Map<string, number> {
  const named = new Set(steps.flatMap(({ groups, preview }) => groups ?? preview?.groups ?? []))
  const members = new Map<string, number>()
  if (named.size === 0) return members
  for (const { entity } of tables.acls.values()) {
    if (named.has(entity.group)) members.set(entity.group, (members.get(entity.group) ?? 0) + 1)
  }
  return members
}

async function canaryUpstream(
  { store }: ReleaseDependencies,
  host: string,
): Promise<CanaryUpstream | null> {
  const upstream = (await store.find('upstreams', { name: host }))?.entity
  if (upstream === undefined) return null
  let targets = 0
  for await (const { weight } of childrenOf(store, 'targets', {
    field: 'upstream',
    id: upstream.id,
  })) {
    if (weight > 0) targets += 1
  }
  return { name: upstream.name, targets, probeIntervalMs: probeIntervalMs(upstream) }
}

function probeIntervalMs({ healthchecks }: Upstream): number | null {
  const active = healthchecks?.active
  const seconds = Math.max(active?.healthy?.interval ?? 0, active?.unhealthy?.interval ?? 0)
  return seconds === 0 ? null : seconds * 1000
}
