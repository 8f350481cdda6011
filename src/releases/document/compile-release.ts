import { durationMs } from './duration-text.ts'
import type { Gate } from './gate.ts'
import { momentMs } from './moment-text.ts'
import { SHARE_STEPS } from './percentage.ts'
import type {
  FixedFields,
  Release,
  ReleaseGate,
  ReleaseStart,
  ReleaseStep,
  StepAction,
} from './release.ts'
import type { ReleaseDocument } from './release-document.ts'
import type { StepDocument } from './step.ts'

/**
 * What the engine works with, of a document that `parseRelease` made. `id` is that of the release, and its salt unless
 * the document says otherwise; `serviceId` that of the service.
 */
export function compileRelease(id: string, serviceId: string, document: ReleaseDocument): Release {
  const { rollback, deadline } = document
  return {
    id,
    serviceId,
    name: document.name,
    document,
    start: compileStart(document.start),
    steps: document.steps.map(compileStep),
    rollback:
      rollback.profile === 'ramp' && rollback.over !== null
        ? { kind: 'ramp', overMs: durationMs(rollback.over) }
        : { kind: 'instant' },
    bakeMs: durationMs(document.bake),
    deadline: deadline && { afterMs: durationMs(deadline.after), outcome: deadline.then },
    gates: document.gates.map(compileGate),
    fixedFields: fixedFields(id, serviceId, document),
  }
}

function compileStart(start: string): ReleaseStart {
  if (start === 'now' || start === 'never') return { kind: start }
  return { kind: 'at', atMs: momentMs(start) }
}

function compileStep(step: StepDocument): ReleaseStep {
  const action = actionOf(step)
  return {
    name: step.name ?? nameOf(action, step),
    action,
    holdMs: step.hold === null ? 0 : durationMs(step.hold),
  }
}

function actionOf(step: StepDocument): StepAction {
  const { percentage, groups, ramp, approval, gate, preview } = step
  if (percentage !== null) return { kind: 'percentage', percentage }
  if (groups !== null) return { kind: 'groups', groups }
  if (ramp !== null) {
    return { kind: 'ramp', to: ramp.to, overMs: durationMs(ramp.over), curve: ramp.curve }
  }
  if (approval !== null) {
    const { count, from, timeout, on_timeout: onTimeout } = approval
    const timeoutMs = timeout === null ? null : durationMs(timeout)
    return { kind: 'approval', count, from, timeoutMs, onTimeout }
  }
  if (gate !== null) return { kind: 'gate', gate }
  if (preview !== null) {
    return { kind: 'preview', header: preview.header, groups: preview.groups ?? [] }
  }
  return step.flip === null ? { kind: 'hold' } : { kind: 'flip' }
}

function nameOf(action: StepAction, { ramp, hold }: StepDocument): string {
  switch (action.kind) {
    case 'percentage':
      return `${action.percentage} %`
    case 'groups':
      return action.groups.join(', ')
    case 'ramp':
      return `ramp to ${action.to} % over ${ramp?.over}`
    case 'approval':
      return action.count === 1 ? 'approval' : `${action.count} approvals`
    case 'gate':
      return 'gate'
    case 'preview':
      return `preview for ${[...action.groups, ...(action.header === null ? [] : [action.header])].join(', ')}`
    case 'flip':
      return 'flip'
    case 'hold':
      return `hold ${hold}`
  }
}

function compileGate(gate: Gate): ReleaseGate {
  const { name, type, interval, threshold, url, timeout, retries, secret } = gate
  const address = { url, timeout, retries, secret }
  return { name, type, address, intervalMs: durationMs(interval), threshold }
}

function fixedFields(id: string, serviceId: string, document: ReleaseDocument): FixedFields {
  const { sticky, canary, options } = document
  const { drain_after, ...kept } = options
  return {
    steps: SHARE_STEPS,
    hash: sticky.by,
    hash_header: sticky.by === 'header' ? sticky.header : null,
    hash_cookie: sticky.by === 'cookie' ? sticky.cookie : null,
    salt: saltOf(id, serviceId, sticky.salt),
    ...canary,
    ...kept,
    drain_after: durationMs(drain_after) / 1000,
  }
}

function saltOf(id: string, serviceId: string, salt: string): string {
  if (salt === 'release') return id
  return salt === 'service' ? serviceId : salt
}
