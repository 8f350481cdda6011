import { afterAll, beforeAll, describe, it } from 'vitest'
import { type KongRunner, startKongRunner } from '../support/kong-runner.ts'
import { AREAS } from './areas.ts'

describe.each(AREAS)('as Kong does: $title', (area) => {
  let runner: KongRunner
  beforeAll(async () => {
    runner = await startKongRunner(area)
  })
  afterAll(() => runner.stop())

  it.each(area.rows)('$id: $title', (row) => runner.run(row))
})
