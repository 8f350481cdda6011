import { harmless } from '../text/fit.ts'
import type { StepNames } from './event-text.ts'
import type { ReleaseAnswer } from './release-answer.ts'

type Step = NonNullable<ReleaseAnswer['document']>['steps'][number]

/** What people call the steps of the release: their names, else what they do. */
export function stepNames({ document, step }: ReleaseAnswer): StepNames {
  return (index) => {
    const written = document?.steps[index - 1]
    if (written !== undefined) return stepName(written)
    return step?.index === index ? (step.name ?? step.kind) : null
  }
}

/** The name of a step as written, or what it does: `10 %`, `ramp to 50 %`, `testers`, `approval`. */
export function stepName(step: Step): string {
  if (typeof step.name === 'string') return harmless(step.name)
  if (typeof step.percentage === 'number') return `${step.percentage} %`
  if (Array.isArray(step.groups)) return harmless(step.groups.join(', '))
  if (isObject(step.ramp)) return `ramp to ${String(step.ramp.to)} %`
  for (const kind of ['approval', 'gate', 'preview', 'flip']) {
    if (step[kind] !== null && step[kind] !== undefined) return kind
  }
  return `hold ${String(step.hold)}`
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
