import type { RequestHandler } from 'express'
import { compileCanary } from '../../variants/compile-canary.ts'
import { describeCanary } from '../../variants/describe-canary.ts'
import type { AdminDependencies } from '../dependencies.ts'
import { sendJson } from '../reply.ts'
import { pathParameter } from '../request-target.ts'
import type { FindPlugin } from './find-plugin.ts'
import { type Moment, momentAt } from './moment.ts'
import { requireService } from './require-entity.ts'
import {
  canariesOnRoutes,
  disabledCanary,
  pluginSource,
  type StoredCanary,
} from './stored-canaries.ts'

export type CanaryDependencies = Pick<
  AdminDependencies,
  'store' | 'snapshot' | 'peers' | 'now' | 'draws' | 'listen'
> & {
  readonly findPlugin: FindPlugin
}

/**
 * GET /services/{s}/canary: the canary that is in force for the service, where it comes from, its share now, what
 * changes next and when all is on the canary; and the routes that have a canary of their own.
 * Without a canary: 200, not effective, share 0.
 */
export function canaryHandler(dependencies: CanaryDependencies): RequestHandler {
  return async (request, response) => {
    const { id, name } = await requireService(dependencies.store, pathParameter(request, 'service'))
    const snapshot = dependencies.snapshot()
    const nowMs = dependencies.now()
    const effective = dependencies.findPlugin(snapshot, 'canary', { serviceId: id, routeId: null })
    const shown = effective ?? disabledCanary(snapshot, id)
    const overrides = [...canariesOnRoutes(snapshot, id)].map(({ stored, route }) => ({
      route: { id: route.id, name: route.name },
      source: pluginSource(stored),
      ...shareNow(stored, nowMs),
    }))
    sendJson(response, 200, {
      service: { id, name },
      effective: effective !== null,
      source: shown && pluginSource(shown),
      config: shown?.entity.config ?? null,
      ...(shown === null ? NO_SHARE : shareNow(shown, nowMs)),
      overrides,
    })
  }
}

/** How much is on the canary at this moment and what comes; `mode` is null without a canary. */
interface ShareNow {
  readonly mode: 'fixed' | 'timed' | 'allow' | 'deny' | null
  /** Percent of the sticky keys; null with allow and deny, where groups decide. */
  readonly share_percent: number | null
  readonly start_at: Moment | null
  readonly next_change: (Moment & { readonly share_percent: number }) | null
  readonly complete_at: Moment | null
}

const NO_SHARE: ShareNow = {
  mode: null,
  share_percent: 0,
  start_at: null,
  next_change: null,
  complete_at: null,
}

/** A disabled canary gets nobody, now or later, whatever is configured. */
function shareNow(stored: StoredCanary, nowMs: number): ShareNow {
  const { mode, sharePercent, startAtMs, nextChange, completeAtMs } = describeCanary(
    compileCanary(stored),
    nowMs,
  )
  if (!stored.entity.enabled) return { ...NO_SHARE, mode }
  return {
    mode,
    share_percent: sharePercent,
    start_at: startAtMs === null ? null : momentAt(startAtMs),
    next_change: nextChange && {
      ...momentAt(nextChange.atMs),
      share_percent: nextChange.sharePercent,
    },
    complete_at: completeAtMs === null ? null : momentAt(completeAtMs),
  }
}
