import type { AdminAnswer } from '../admin/call-admin.ts'

/** One thing that is wrong with what was sent. */
export interface RefusedField {
  readonly path: readonly (string | number)[]
  readonly message: string
}

const HINTS: Readonly<Record<number, string>> = {
  401: 'give the admin token with --admin-token, CANARY_ADMIN_TOKEN, or admin_token in ~/.config/canary/config.yaml',
}

/** A no of the gateway, from problem details (RFC 9457) or from Kong’s shape of an error; says itself in words. */
export class Refusal extends Error {
  readonly status: number
  /** What was wrong, without what to do next. */
  readonly detail: string
  /** The whole answer, for `--json`. */
  readonly body: AdminAnswer['body']
  readonly fields: readonly RefusedField[]

  constructor({ status, body }: AdminAnswer) {
    const detail = textIn(body, 'detail') ?? textIn(body, 'message') ?? `answered ${status}`
    const hint = HINTS[status] ?? textIn(body, 'hint')
    super(hint === null || hint === undefined ? detail : `${detail}\n${hint}`)
    this.status = status
    this.detail = detail
    this.body = body
    this.fields = fieldsIn(body.errors)
  }
}

function textIn(body: AdminAnswer['body'], name: string): string | null {
  const value = body[name]
  return typeof value === 'string' && value !== '' ? value : null
}

function fieldsIn(errors: unknown): RefusedField[] {
  if (!Array.isArray(errors)) return []
  return errors.flatMap((error: unknown) => {
    if (typeof error !== 'object' || error === null) return []
    const { path, message } = error as { readonly path?: unknown; readonly message?: unknown }
    return Array.isArray(path) && typeof message === 'string' ? [{ path, message }] : []
  })
}
