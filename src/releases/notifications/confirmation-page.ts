import type { ToldRelease } from './notice-message.ts'

export interface Confirmation {
  readonly verb: 'approve' | 'reject' | 'rollback'
  readonly release: Pick<ToldRelease, 'name' | 'service' | 'phase' | 'step' | 'sharePercent'>
  /** Epoch milliseconds at which the link expires. */
  readonly expiresAtMs: number
}

const VERBS = {
  approve: { title: 'Approve', effect: 'The release may go on to its next step.' },
  reject: { title: 'Reject', effect: 'The release is rolled back: all traffic to the primary.' },
  rollback: { title: 'Roll back', effect: 'All traffic goes to the primary at once.' },
} as const

/**
 * Headers of both pages. The Referer would give the link away to wherever the reader goes next; nothing is loaded, and no
 * other page can frame it.
 */
export const CONFIRMATION_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
}

/**
 * The page that a link opens: HTML without script. Only its form acts, with the fields `name` and `reason`. It goes where
 * the page came from, also through a proxy that has the Admin API below a path of its own.
 */
export function confirmationPage({ verb, release, expiresAtMs }: Confirmation): string {
  const { title, effect } = VERBS[verb]
  const { name, service, phase, step, sharePercent } = release
  const facts: [string, string][] = [
    ['Service', service],
    ['Phase', phase],
    ['Step', step === null ? 'none' : `${step.index} of ${step.count}: ${step.name}`],
    ['Share of the canary', `${sharePercent} %`],
    ['Link valid until', new Date(expiresAtMs).toISOString()],
  ]
  return page(
    `${title}: release ${name}`,
    `<p>${effect} This link can be used once.</p>
<dl>${facts.map(([term, value]) => `<dt>${term}</dt><dd>${escapeHtml(value)}</dd>`).join('')}</dl>
<form method="post">
<p><label>Your name <input name="name" required maxlength="128" autocomplete="name"></label></p>
<p><label>Why <input name="reason" maxlength="1024"></label></p>
<p><button>${title}</button></p>
</form>`,
  )
}

/** The page that says what came of a link: that it was used, is used up, or is not valid. */
export function linkResultPage(title: string, text: string): string {
  return page(title, `<p>${escapeHtml(text)}</p>`)
}

function page(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex">
<title>${escapeHtml(title)}</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:34em;margin:3em auto;padding:0 1em}dt{float:left;width:11em;color:#555}dd{margin:0 0 .3em 11em}input{width:100%;padding:.4em;box-sizing:border-box}button{padding:.6em 1.4em;font-size:1em}</style>
<h1>${escapeHtml(title)}</h1>
${content}
</html>
`
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character)
}
