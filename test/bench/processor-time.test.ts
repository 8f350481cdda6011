import { describe, expect, it } from 'vitest'
import { processorTimeMicros } from '../../bench/proxy/processor-time.ts'

/** What this process itself says it has used. */
function ownMicros(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}

describe('the processor time of a process', () => {
  it('grows by what the process uses, within a tick', () => {
    const before = { measured: processorTimeMicros(process.pid), own: ownMicros() }
    while (ownMicros() - before.own < 100_000) Math.hypot(...process.hrtime())
    const used = processorTimeMicros(process.pid) - before.measured
    expect(used).toBeGreaterThan(85_000)
    expect(used).toBeLessThan(150_000)
  })
})
