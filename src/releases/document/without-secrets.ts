import type { ReleaseDocument } from './release-document.ts'

/** What stands in the place of a secret. */
export const MASKED = '***'

/** The document as people may see it: keys of signatures are masked. */
export function withoutSecrets(document: ReleaseDocument): ReleaseDocument {
  return {
    ...document,
    gates: document.gates.map(masked),
    notify: document.notify.map(masked),
    steps: document.steps.map((step) =>
      step.gate === null ? step : { ...step, gate: masked(step.gate) },
    ),
  }
}

function masked<T extends { readonly secret: string | null }>(signed: T): T {
  return signed.secret === null ? signed : { ...signed, secret: MASKED }
}
