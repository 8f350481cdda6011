import { afterAll, beforeAll, describe, it } from 'vitest'
import type { Area } from '../kong/conformance.ts'
import { type KongRunner, startKongRunner } from './kong-runner.ts'

/** Declares one test for each row of the areas, with one gateway for each area. */
export function describeAreas(areas: readonly Area[]): void {
  describe.each(areas)('as Kong does: $title', (area) => {
    let runner: KongRunner
    beforeAll(async () => {
      runner = await startKongRunner(area)
    })
    afterAll(() => runner.stop())

    it.each(area.rows)('$id: $title', (row) => runner.run(row))
  })
}
