import type { EventAnswer, ReleaseAnswer } from '../../src/cli/release/release-answer.ts'

export const moment = (ms: number) => ({ at: new Date(ms).toISOString(), epoch: ms / 1000 })

/** 2026-12-01T14:00:00Z */
export const T0 = Date.UTC(2026, 11, 1, 14)

/** A release as the Admin API shows it, in its third of six steps. */
export function releaseAnswer(given: Partial<ReleaseAnswer> = {}): ReleaseAnswer {
  return {
    id: '79ce922d-db1d-422a-99b9-45c885fc2378',
    name: 'shop-v2',
    service: { id: 'a7790c4d-719d-4ec3-ad7a-bddcf88bcc8e', name: 'shop' },
    strategy: 'canary',
    phase: 'progressing',
    reason: null,
    pause_cause: null,
    step: {
      index: 3,
      count: 6,
      name: null,
      kind: 'percentage',
      hold_ends_at: moment(T0 + 250_000),
    },
    share_percent: 10,
    groups: ['testers'],
    preview_header: null,
    waiting_for: null,
    approvals: null,
    next: { at: moment(T0 + 250_000), what: 'step 4: ramp to 50 %' },
    measured: {
      window_seconds: 60,
      share_percent: 9.6,
      primary: { requests: 12_345, errors: 3, error_rate: 0.000243, p50_ms: 12, p99_ms: 80.4 },
      canary: { requests: 1310, errors: 2, error_rate: 0.00153, p50_ms: 11.2, p99_ms: 1520 },
    },
    created_at: moment(T0 - 600_000),
    started_at: moment(T0 - 600_000),
    ended_at: null,
    created_by: 'anna',
    recorded: true,
    history: [
      event(1, T0 - 600_000, { type: 'created', actor: 'anna' }),
      event(2, T0 - 600_000, { type: 'started' }),
      event(7, T0 - 60_000, { type: 'step-started', step: 3 }),
      event(8, T0 - 60_000, {
        type: 'traffic-set',
        share_percent: 10,
        groups: ['testers'],
        preview_header: null,
      }),
    ],
    document: {
      steps: [
        { name: null, groups: ['testers'], hold: '1m' },
        { name: null, percentage: 1, hold: '5m' },
        { name: 'first users', percentage: 10, hold: '5m' },
        { name: null, ramp: { to: 50, over: '1h', curve: 'linear' } },
        { name: null, approval: { count: 1 } },
        { name: null, percentage: 100 },
      ],
    },
    ...given,
  }
}

export function event(
  sequence: number,
  atMs: number,
  given: Readonly<Record<string, unknown>>,
): EventAnswer {
  return { sequence, at: moment(atMs), actor: 'gateway', reason: null, type: '', ...given }
}
