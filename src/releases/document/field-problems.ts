import type { ErrorDetail } from '../../model/errors.ts'
import { durationMs } from './duration-text.ts'
import type { ReleaseDocument } from './release-document.ts'
import { MASKED } from './without-secrets.ts'

/** What is wrong with fields of a release that are no steps, when they are looked at together. */
export function fieldProblems(document: ReleaseDocument): ErrorDetail[] {
  return [...drainProblems(document), ...gateProblems(document), ...maskedSecrets(document)]
}

/** That of the canary plugin: a week. */
const MAX_DRAIN_MS = 604_800_000

function drainProblems({ options }: ReleaseDocument): ErrorDetail[] {
  if (durationMs(options.drain_after) <= MAX_DRAIN_MS) return []
  const message = `${options.drain_after} is too long: at most 7d`
  return [{ path: ['options', 'drain_after'], message }]
}

/** Gates that belong to steps go by these names. */
const NAME_OF_STEP = /^step \d+$/

function gateProblems({ gates }: ReleaseDocument): ErrorDetail[] {
  const seen = new Set<string>()
  return gates.flatMap(({ name }, index) => {
    const problems: ErrorDetail[] = []
    if (seen.has(name)) {
      const message = `'${name}' is the name of another gate already`
      problems.push({ path: ['gates', index, 'name'], message })
    }
    seen.add(name)
    if (NAME_OF_STEP.test(name)) {
      const message = `'${name}' is what the gate of a step is called: choose another name`
      problems.push({ path: ['gates', index, 'name'], message })
    }
    return problems
  })
}

/** Somebody sends back what was shown. */
function maskedSecrets({ gates, notify, steps }: ReleaseDocument): ErrorDetail[] {
  const message = `'${MASKED}' is what secrets are shown as: give the secret itself, or null`
  return [
    ...gates.map(({ secret }, index) => ({ secret, path: ['gates', index, 'secret'] })),
    ...notify.map(({ secret }, index) => ({ secret, path: ['notify', index, 'secret'] })),
    ...steps.map(({ gate }, index) => ({
      secret: gate?.secret,
      path: ['steps', index, 'gate', 'secret'],
    })),
  ].flatMap(({ secret, path }) => (secret === MASKED ? [{ path, message }] : []))
}
