import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { stepBar } from '../../../src/cli/release/watch/step-bar.ts'
import { type WatchView, watchFrame } from '../../../src/cli/release/watch/watch-frame.ts'
import { painter } from '../../../src/cli/text/colour.ts'
import { widthOf } from '../../../src/cli/text/fit.ts'
import { clock } from '../../../src/cli/text/numbers.ts'
import { PHASES } from '../../../src/releases/state/phase.ts'
import { event, releaseAnswer, T0 } from '../../support/release-answers.ts'

const plain = painter(false)
const view = (given: Partial<WatchView> = {}): WatchView => ({
  release: releaseAnswer(),
  lost: null,
  nowMs: T0,
  ...given,
})
const at = (ms: number) => clock(ms, T0)

describe('the picture of a release', () => {
  test('tells phase, steps, share, numbers of both sides, what comes, and what was', () => {
    expect(watchFrame(view(), { columns: 60, rows: 24 }, plain)).toEqual([
      '◌ progressing  shop-v2 (shop, canary)',
      '━━━━━━━━━━━━━━━━━━━◆───────────────────────────────────────',
      'step 3 of 6 (first users)',
      'share 10 %, groups testers',
      `next: step 4: ramp to 50 % in 4m 10s (${at(T0 + 250_000)})`,
      'measured: 9.6 % of requests, last 60 s',
      '           reqs  errors     p50     p99',
      'primary  12 345  0.02 %   12 ms   80 ms',
      'canary    1 310  0.15 %   11 ms   1.5 s',
      `${at(T0 - 600_000)}  anna  created`,
      `${at(T0 - 600_000)}  started`,
      `${at(T0 - 60_000)}  step 3 (first users) begins`,
      `${at(T0 - 60_000)}  share 10 %, groups testers`,
    ])
  })

  test('tells the reason of a pause, and that the gateway is gone', () => {
    const release = releaseAnswer({ phase: 'paused', reason: 'looking at the logs', next: null })
    const lines = watchFrame(view({ release, lost: 'gone' }), { columns: 60, rows: 24 }, plain)
    expect(lines.slice(0, 3)).toEqual([
      '॥ paused  shop-v2 (shop, canary)',
      'looking at the logs',
      'gone',
    ])
    expect(lines).toContain(`hold ends in 4m 10s (${at(T0 + 250_000)})`)
  })

  test('tells how many people have said yes, and that a rollback is not recorded yet', () => {
    const release = releaseAnswer({
      phase: 'waiting',
      waiting_for: 'approval',
      approvals: { needed: 2, given: ['ben'] },
      next: { at: null, what: 'step 6: 100 %' },
      recorded: false,
    })
    const lines = watchFrame(view({ release }), { columns: 70, rows: 24 }, plain)
    expect(lines).toContain('next: step 6: 100 % (1 of 2 approvals: ben)')
    expect(lines).toContain('in force, not recorded yet')
  })

  test('is never wider or higher than the terminal, whatever people call things', () => {
    const words = fc.string({ unit: 'grapheme', maxLength: 120 })
    fc.assert(
      fc.property(
        words,
        words,
        fc.constantFrom(...PHASES),
        fc.integer({ min: 40, max: 220 }),
        fc.integer({ min: 1, max: 40 }),
        (name, reason, phase, columns, rows) => {
          const history = Array.from({ length: 20 }, (_, n) =>
            event(n + 1, T0, { type: 'paused', cause: 'requested', actor: name, reason }),
          )
          const release = releaseAnswer({ name, reason, phase, history, groups: [reason] })
          const lines = watchFrame(view({ release, lost: reason }), { columns, rows }, plain)
          expect(lines.length).toBeLessThanOrEqual(rows)
          for (const line of lines) {
            expect(widthOf(line)).toBeLessThan(Math.min(200, columns))
            // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there
            expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/)
          }
        },
      ),
      { numRuns: 300 },
    )
  })

  test('differs in colours only where there are some', () => {
    const size = { columns: 60, rows: 24 }
    const coloured = watchFrame(view(), size, painter(true)).join('\n')
    expect(coloured).toContain('\u001b[36m◌ progressing\u001b[0m')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours
    expect(coloured.replaceAll(/\u001b\[\d+m/g, '')).toBe(
      watchFrame(view(), size, plain).join('\n'),
    )
  })
})

describe('the bar of steps', () => {
  test.each([
    [0, 4, '────────'],
    [1, 4, '◆───────'],
    [2, 4, '━━◆─────'],
    [4, 4, '━━━━━━◆─'],
    [5, 4, '━━━━━━━━'],
    [150, 200, '━━━━━◆──'],
  ])('marks step %i of %i', (present, count, bar) => {
    expect(stepBar({ present, count, columns: 8 }, plain)).toBe(bar)
  })
})
