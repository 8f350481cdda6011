import type { Fault } from './target-process.ts'
import { type TargetsSize, THRESHOLD, ThreeTargets } from './three-targets.ts'
import { until } from './until.ts'

export interface SickTargetSize extends TargetsSize {
  /** Requests before the fault, while it lasts, and after it. */
  readonly requests: number
}

export interface SickTargetFigures {
  readonly requests: number
  /** Requests that got no answer, or another one than 200. */
  readonly failed: number
  /** What may fail: nothing, or as many as it takes to notice, and those that are on their way meanwhile. */
  readonly bound: number
  readonly retried: number
  /** From the fault until the target gets nothing more. */
  readonly ejectMs: number
  /** From its end until the target has its share again. */
  readonly returnMs: number
  /** Where access log and metrics differ from what clients saw. */
  readonly differences: readonly string[]
}

/** One of three targets falls sick under load, and gets well again (issue 4, what must be shown, 1). */
export async function runSickTarget(
  fault: Fault,
  size: SickTargetSize,
): Promise<SickTargetFigures> {
  const three = await ThreeTargets.start(size)
  try {
    const [, , sick] = three.targets
    if (sick === undefined) throw new Error('there are not three targets')
    await three.untilAsked(size.requests)
    const [ejectMs] = await Promise.all([
      until(`${fault}: the target is taken out`, async () => !(await three.isHealthy(sick))),
      sick.strike(fault),
    ])
    await three.untilAsked(size.requests)
    await sick.mend(fault)
    const returnMs = await until(`${fault}: the target is back`, () => three.isHealthy(sick))
    await three.untilAsked(size.requests)
    const differences = await three.endLoad()
    return {
      requests: three.load.seen.length,
      failed: three.load.failed,
      bound: fault === 'killed' ? 0 : THRESHOLD + size.clients,
      retried: three.gateway.entries.filter(({ tries }) => tries > 1).length,
      ejectMs,
      returnMs,
      differences,
    }
  } finally {
    await three.stop()
  }
}
