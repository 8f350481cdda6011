import type { Notification } from './notification.ts'
import type { ReleaseDocument } from './release-document.ts'

/** What stands in the place of a secret. */
export const MASKED = '***'

/** The document as people may see it: keys of signatures are masked, and what is secret of URLs. */
export function withoutSecrets(document: ReleaseDocument): ReleaseDocument {
  return {
    ...document,
    gates: document.gates.map(masked),
    notify: document.notify.map((notification) => ({
      ...masked(notification),
      url: shownUrl(notification.url, notification.format),
    })),
    steps: document.steps.map((step) =>
      step.gate === null ? step : { ...step, gate: masked(step.gate) },
    ),
  }
}

/** A URL as people may see it: its query is masked, and of a chat all behind the host, which is the permission to write. */
export function shownUrl(url: string, format: Notification['format'] = 'json'): string {
  const { origin, pathname, search } = new URL(url)
  if (format !== 'json') return `${origin}/${MASKED}`
  return search === '' ? url : `${origin}${pathname}?${MASKED}`
}

function masked<T extends { readonly url: string; readonly secret: string | null }>(signed: T): T {
  const shown = { ...signed, url: shownUrl(signed.url) }
  return signed.secret === null ? shown : { ...shown, secret: MASKED }
}
