import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { planChart } from '../../../src/cli/release/plan-chart.ts'
import { planTable } from '../../../src/cli/release/plan-table.ts'
import type { PlanView } from '../../../src/cli/release/plan-time.ts'
import { painter } from '../../../src/cli/text/colour.ts'
import { widthOf } from '../../../src/cli/text/fit.ts'
import { planOf } from '../../releases/plan/plan-fixture.ts'

const view = (given: Partial<PlanView> = {}): PlanView => ({
  width: 110,
  paint: painter(false),
  timeZone: 'Europe/Berlin',
  ...given,
})

const PLAN = planOf({
  windows: [{ cron: '0 9 * * 1-5', duration: '8h', time_zone: 'Europe/Berlin' }],
  steps: [
    { groups: ['testers'], hold: '2h' },
    { name: 'first users', percentage: 10, hold: '4h' },
    { ramp: { to: 50, over: '2h' }, hold: '10m' },
    { percentage: 100 },
  ],
  bake: '1h',
})

describe('the table of a plan', () => {
  it('has a line for each step, what holds it up, and what is taken for granted', () => {
    expect(planTable(PLAN, view())).toEqual([
      'address-v2 of address: Tue 2026-12-01 10:00 to Wed 2026-12-02 11:10, 1d 1h (Europe/Berlin)',
      '',
      '#  STEP                  SHARE  BEGINS                  LASTS  REQUESTS  CONSUMERS  GROUPS',
      '1  testers                 0 %  Tue 2026-12-01 10:00    2h 0m      ~720        ~20  testers',
      '2  first users            10 %  Tue 2026-12-01 12:00    4h 0m    ~2 736        ~38  testers',
      '3  ramp to 50 % over 2h   50 %  Tue 2026-12-01 16:00  18h 10m   ~24 086       ~110  testers',
      '4  100 %                 100 %  Wed 2026-12-02 10:10       0s        ~0       ~200  testers',
      '   bake                  100 %  Wed 2026-12-02 10:10    1h 0m    ~3 600       ~200  testers',
      '   promoted              100 %  Wed 2026-12-02 11:10                          ~200  testers',
      '',
      "step 3 (ramp to 50 % over 2h) waits from Tue 2026-12-01 17:00 until Wed 2026-12-02 09:00: outside the windows: '0 9 * * 1-5' for 8h (Europe/Berlin)",
      '',
      'taken for granted: the canary always has a healthy target; traffic stays what it was in the last hour',
    ])
  })

  it('leaves out columns at the right when it is narrow', () => {
    const [, , head] = planTable(PLAN, view({ width: 60 }))
    expect(head).toMatch(/^#\s+STEP\s+SHARE\s+BEGINS$/)
  })

  it('says so when the end is not in sight, and warns', () => {
    const never = planOf({
      windows: [{ cron: '0 9 1 * 1#2', duration: '8h', time_zone: 'UTC' }],
    })
    const shown = planTable(never, view())
    expect(shown[0]).toContain('its end is not in sight')
    expect(shown).toContain(
      "warning: it would never end: outside the windows: '0 9 1 * 1#2' for 8h (UTC)",
    )
  })
})

describe('the chart of a plan', () => {
  it('has a bar for each step on one line of time', () => {
    expect(planChart(PLAN, view({ width: 80 }))).toEqual([
      'testers              ████                                                   0 %',
      'first users              ███████                                           10 %',
      'ramp to 50 % over 2h            ▒▒······························▒▒         50 %',
      '100 %                                                             █       100 %',
      'bake                                                              ██      100 %',
      'promoted                                                            ◆     100 %',
      '                     Tue 2026-12-01 10:00        Wed 2026-12-02 11:10',
    ])
  })

  it('is left out where nothing ever begins', () => {
    expect(planChart({ ...PLAN, steps: [] }, view())).toEqual([])
  })

  it('fits the terminal, with and without colours', () => {
    const width = fc.integer({ min: 60, max: 200 })
    fc.assert(
      fc.property(width, (columns) => {
        const plain = planChart(PLAN, view({ width: columns }))
        expect(plain.every((line) => widthOf(line) <= columns)).toBe(true)
        const coloured = planChart(PLAN, view({ width: columns, paint: painter(true) }))
        // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are made of them
        expect(coloured.map((line) => line.replaceAll(/\u001b\[\d+m/g, '').trimEnd())).toEqual(
          plain,
        )
      }),
      { numRuns: 20 },
    )
  })
})
