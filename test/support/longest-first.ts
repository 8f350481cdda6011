import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Those that take ten seconds and more, longest first: one that starts last would run alone. */
const LONG_FILES = [
  'test/fuzz/bodies',
  'test/e2e/lifecycle',
  'test/fuzz/properties',
  'test/store/kill',
  'test/e2e/walkthroughs',
  'test/e2e/demo',
  'test/e2e/rolling-restart',
  'test/variants/rollout',
  'test/releases/simulation/simulation',
]

/** A fresh clone has no durations of earlier runs, and the length of a file says little of its duration. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    return sorted.toSorted((a, b) => rankOf(a) - rankOf(b))
  }
}

function rankOf({ moduleId }: TestSpecification): number {
  const rank = LONG_FILES.findIndex((name) => moduleId.includes(`/${name}`))
  return rank === -1 ? LONG_FILES.length : rank
}
