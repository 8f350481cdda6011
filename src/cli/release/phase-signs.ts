import type { Phase } from '../../releases/state/phase.ts'
import type { Colour } from '../text/colour.ts'

/** Icons as Argo Rollouts shows them, for those who know it. */
const SIGNS: Readonly<Record<Phase, { readonly icon: string; readonly colour: Colour }>> = {
  scheduled: { icon: '◷', colour: 'cyan' },
  waiting: { icon: '◷', colour: 'yellow' },
  progressing: { icon: '◌', colour: 'cyan' },
  paused: { icon: '॥', colour: 'yellow' },
  baking: { icon: '◌', colour: 'cyan' },
  promoting: { icon: '◌', colour: 'cyan' },
  succeeded: { icon: '✔', colour: 'green' },
  'rolling-back': { icon: '⚠', colour: 'red' },
  'rolled-back': { icon: '✖', colour: 'red' },
  failed: { icon: '✖', colour: 'red' },
  superseded: { icon: '✖', colour: 'yellow' },
}

export function phaseSign(phase: Phase): { readonly text: string; readonly colour: Colour } {
  const { icon, colour } = SIGNS[phase]
  return { text: `${icon} ${phase}`, colour }
}
