import type { RequestHandler } from 'express'
import type { Variant } from '../../model/decision.ts'
import type { AdminDependencies, OpenConnection } from '../dependencies.ts'
import { sendJson } from '../reply.ts'
import { pathParameter } from '../request-target.ts'
import { requireService } from './require-entity.ts'

/** The long connections of one side, or of both. */
interface ConnectionCounts {
  readonly websocket: number
  readonly event_stream: number
  /** How long the oldest of them has been open; null without any. */
  readonly oldest_seconds: number | null
}

/**
 * GET /services/{s}/connections: the WebSockets and event streams that are open through this node, by the side where
 * they began, whatever the share is now; those at upstreams of a traffic-split as one.
 */
export function connectionsHandler({
  store,
  openConnections,
}: Pick<AdminDependencies, 'store' | 'openConnections'>): RequestHandler {
  return async (request, response) => {
    const { id, name } = await requireService(store, pathParameter(request, 'service'))
    const open = [...openConnections(id)]
    const countsOf = (isMeant: (variant: Variant) => boolean) =>
      count(open.filter(({ variant }) => isMeant(variant)))
    sendJson(response, 200, {
      service: { id, name },
      ...count(open),
      variants: {
        primary: countsOf((variant) => variant === 'primary'),
        canary: countsOf((variant) => variant === 'canary'),
        split: countsOf((variant) => variant.startsWith('split:')),
      },
    })
  }
}

function count(connections: readonly OpenConnection[]): ConnectionCounts {
  const numberOf = (kind: OpenConnection['kind']) =>
    connections.filter((connection) => connection.kind === kind).length
  const oldestMs = connections.reduce((oldest, { ageMs }) => Math.max(oldest, ageMs), 0)
  return {
    websocket: numberOf('websocket'),
    event_stream: numberOf('event_stream'),
    oldest_seconds: connections.length === 0 ? null : Math.round(oldestMs) / 1000,
  }
}
