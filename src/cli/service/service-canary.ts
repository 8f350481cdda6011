import { z } from 'zod'
import { isEnded } from '../../releases/state/phase.ts'
import { Refusal } from '../release/refusal.ts'
import { RELEASE_ANSWER, type ReleaseAnswer } from '../release/release-answer.ts'
import { askFor, type ReleaseClient } from '../release/release-client.ts'
import { listAll, queryText } from '../release/release-paths.ts'

const SOURCE = z.object({ scope: z.string(), plugin_id: z.string(), enabled: z.boolean() })

const CONFIG = z.looseObject({
  percentage: z.number().nullable(),
  hash: z.string(),
  always_groups: z.array(z.string()).nullable(),
  never_groups: z.array(z.string()).nullable(),
  canary_by_header_name: z.string().nullable(),
})

/** GET /services/{s}/canary: what is in force for the service. */
const SERVICE_CANARY = z.looseObject({
  service: z.object({ id: z.string(), name: z.string().nullable() }),
  effective: z.boolean(),
  source: SOURCE.nullable(),
  config: CONFIG.nullable(),
  share_percent: z.number().nullable(),
  overrides: z.array(
    z.looseObject({
      route: z.object({ id: z.string(), name: z.string().nullable() }),
      source: SOURCE,
      share_percent: z.number().nullable(),
    }),
  ),
})

export type ServiceCanary = z.infer<typeof SERVICE_CANARY>

/** Fails with Refusal when there is no such service. */
export function serviceCanary(client: ReleaseClient, service: string): Promise<ServiceCanary> {
  return askFor(client, `${servicePath(service)}/canary`, { answer: SERVICE_CANARY })
}

export function servicePath(service: string): string {
  return `/services/${encodeURIComponent(service)}`
}

const MOST_RELEASES = 10_000

/** The release of the service that is not over yet; null without one, and where the gateway knows no releases. */
export async function liveRelease(
  client: ReleaseClient,
  service: string,
): Promise<ReleaseAnswer | null> {
  const path = `/releases${queryText({ service })}`
  const list = { item: RELEASE_ANSWER, most: MOST_RELEASES }
  const { rows } = await listAll(client, path, list).catch((error: unknown) => {
    // What is missing may be the service; whoever asks for its canary next hears of that in better words.
    if (error instanceof Refusal && error.status === 404) return { rows: [] }
    throw error
  })
  return rows.find(({ phase }) => !isEnded(phase)) ?? null
}
