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
  return [
    ...gates.flatMap((gate, index) => maskedIn(gate, ['gates', index])),
    ...notify.flatMap((notification, index) => maskedIn(notification, ['notify', index])),
    ...steps.flatMap(({ gate }, index) => maskedIn(gate, ['steps', index, 'gate'])),
  ]
}

function maskedIn(
  signed: { readonly url: string; readonly secret: string | null } | null,
  path: readonly (string | number)[],
): ErrorDetail[] {
  if (signed === null) return []
  const isMaskedUrl = signed.url.endsWith(`/${MASKED}`) || signed.url.endsWith(`?${MASKED}`)
  return [
    ...(signed.secret === MASKED ? [{ path: [...path, 'secret'], message: GIVE_SECRET }] : []),
    ...(isMaskedUrl ? [{ path: [...path, 'url'], message: GIVE_URL }] : []),
  ]
}

const GIVE_SECRET = `'${MASKED}' is what secrets are shown as: give the secret itself, or null`
const GIVE_URL = `'${MASKED}' is what secret parts of URLs are shown as: give the whole URL`
