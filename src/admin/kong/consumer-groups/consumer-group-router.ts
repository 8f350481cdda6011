import { type RequestHandler, Router } from 'express'
import { childrenOf } from '../../../configuration/children.ts'
import type { Plugin } from '../../../model/plugin.ts'
import { sendJson } from '../../reply.ts'
import { pathParameter, queryOf } from '../../request-target.ts'
import { allMembers, CONSUMER_SIDE, GROUP_SIDE } from '../../resource/memberships.ts'
import { findItem, notFound } from '../../resource/place.ts'
import { servePath } from '../../serve-path.ts'
import { type EntityDependencies, itemHandlers } from '../entity-handlers.ts'
import {
  type MembershipEndpoint,
  membershipHandlers,
  membershipItemHandlers,
} from './membership-handlers.ts'

const CONSUMERS_OF_GROUP: MembershipEndpoint = {
  owner: GROUP_SIDE,
  member: CONSUMER_SIDE,
  bodyField: 'consumer',
  // Clients that know both forms take this one for that of an old Kong.
  formerField: null,
}

const GROUPS_OF_CONSUMER: MembershipEndpoint = {
  owner: CONSUMER_SIDE,
  member: GROUP_SIDE,
  bodyField: 'group',
  formerField: 'consumer_groups',
}

/** What consumer groups have beyond other entities: one shown with its members, and the memberships. */
export function consumerGroupRouter(dependencies: EntityDependencies): Router {
  const router = Router({ caseSensitive: true })
  servePath(router, '/consumer_groups/:item', {
    ...itemHandlers(dependencies, { kind: 'consumer_groups', parent: null }),
    GET: consumerGroupHandler(dependencies),
  })
  for (const endpoint of [CONSUMERS_OF_GROUP, GROUPS_OF_CONSUMER]) {
    const path = `/${endpoint.owner.kind}/:parent/${endpoint.member.kind}`
    servePath(router, path, membershipHandlers(dependencies, endpoint))
    servePath(router, `${path}/:item`, membershipItemHandlers(dependencies, endpoint))
  }
  return router
}

/**
 * GET /consumer_groups/{g}: the group, its consumers unless `list_consumers=false`, and the plugins limited to it.
 * Source: Kong Gateway Enterprise, Consumer Groups reference.
 */
function consumerGroupHandler({ store }: EntityDependencies): RequestHandler {
  return async (request, response) => {
    const key = pathParameter(request, 'item')
    const found = await findItem(store, { kind: 'consumer_groups', parent: null }, key)
    if (found === null) throw notFound()
    const { id } = found.entity
    const memberships = { owner: GROUP_SIDE, ownerId: id, member: CONSUMER_SIDE }
    const isListing = queryOf(request).get('list_consumers') !== 'false'
    const plugins: Plugin[] = []
    for await (const plugin of childrenOf(store, 'plugins', { field: 'consumer_group', id })) {
      plugins.push(plugin)
    }
    sendJson(response, 200, {
      consumer_group: found.entity,
      ...(isListing ? { consumers: await allMembers(store, memberships) } : {}),
      plugins,
    })
  }
}
