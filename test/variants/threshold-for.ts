import { stepOf, thresholdOfStep } from '../../src/variants/bucket.ts'

/** Threshold of a percentage quantised to `steps`, as the schedule of a fixed share has it. */
export function thresholdFor({ percentage, steps }: { percentage: number; steps: number }): number {
  return thresholdOfStep(stepOf({ percentage, steps }), steps)
}
