/**
 * Where a release stands. `scheduled`: not started, by its `start`; `waiting`: held up by a gate, people, a window, a
 * freeze, a stop or sick targets; all others as in docs/releases.md.
 */
export const PHASES = [
  'scheduled',
  'waiting',
  'progressing',
  'paused',
  'baking',
  'promoting',
  'succeeded',
  'rolling-back',
  'rolled-back',
  'failed',
  'superseded',
] as const
export type Phase = (typeof PHASES)[number]

const ENDED: ReadonlySet<Phase> = new Set(['succeeded', 'rolled-back', 'failed', 'superseded'])

/** Nothing happens by itself any more; a retry may begin again. */
export function isEnded(phase: Phase): boolean {
  return ENDED.has(phase)
}
