import { parseRelease } from '../../../src/releases/document/parse-release.ts'
import { planRelease } from '../../../src/releases/plan/plan-release.ts'
import type { PlanSurroundings } from '../../../src/releases/plan/plan-surroundings.ts'
import { documentInput } from '../document/document-input.ts'
import { SERVICE } from '../release-fixture.ts'

/** A Tuesday. */
export const NOW = Date.parse('2026-12-01T09:00:00Z')

/** The plan of a document, made on that Tuesday at 09:00 UTC. */
export function planOf(document: Record<string, unknown>, given: Partial<PlanSurroundings> = {}) {
  const surroundings: PlanSurroundings = {
    service: SERVICE,
    freezes: [],
    stop: null,
    groupMembers: new Map([['testers', 20]]),
    canaryUpstream: { name: 'address-v2', targets: 2, probeIntervalMs: 10_000 },
    liveReleases: [],
    currentSharePercent: null,
    routesOfTheirOwn: [],
    traffic: { requestsPerHour: 3600, consumersPerHour: 200 },
    ...given,
  }
  return planRelease(parseRelease(documentInput(document)), surroundings, NOW)
}
