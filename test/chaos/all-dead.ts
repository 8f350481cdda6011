import { type TargetsSize, ThreeTargets } from './three-targets.ts'

export interface AllDeadFigures {
  /** To the dead targets, from the moment when all of them were. */
  readonly requests: number
  readonly attempts: number
  readonly statuses: readonly number[]
  readonly differences: readonly string[]
}

/** All three targets are killed under load, which goes on for some requests (reliability.md section 16, 6). */
export async function runAllDead(
  size: TargetsSize & { readonly requests: number },
): Promise<AllDeadFigures> {
  const three = await ThreeTargets.start(size)
  try {
    await three.untilAsked(size.requests / 10)
    await Promise.all(three.targets.map((target) => target.strike('killed')))
    await three.untilAsked(size.clients)
    const before = three.gateway.entries.length
    await three.untilAsked(size.requests)
    const differences = await three.endLoad()
    const entries = three.gateway.entries.slice(before)
    const primary = entries.filter(({ variant }) => variant === 'primary')
    return {
      requests: primary.length,
      attempts: primary.reduce((sum, { tries }) => sum + tries, 0),
      statuses: [...new Set(primary.map(({ status }) => status))].sort(),
      differences,
    }
  } finally {
    await three.stop()
  }
}
