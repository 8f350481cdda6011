import type { AdminAddress } from './admin-address.ts'

export interface AdminAnswer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

/** No gateway has answered: it is down, or somewhere else. */
export class GatewayUnavailable extends Error {
  /** In few words, for those who try again. */
  readonly reason: string

  constructor(url: string, reason: string, cause: unknown) {
    super(
      `no gateway answers at ${url}: ${reason}\nstart it, or give its Admin API with --admin-url`,
      {
        cause,
      },
    )
    this.reason = reason
  }
}

/** One request to the Admin API, with the token. Fails with an Error in words, GatewayUnavailable when nothing answers. */
export async function callAdmin(
  { url, token }: AdminAddress,
  path: string,
  { headers, ...init }: RequestInit & { readonly headers: Record<string, string> },
): Promise<Response> {
  const authorization: Record<string, string> =
    token === null ? {} : { authorization: `Bearer ${token}` }
  const base = url.replace(/\/+$/, '')
  if (!/^https?:\/\//.test(base) || !URL.canParse(base)) {
    throw new Error(
      `'${url}' is no address of an Admin API; give one such as http://127.0.0.1:8001`,
    )
  }
  try {
    return await fetch(`${base}${path}`, { ...init, headers: { ...headers, ...authorization } })
  } catch (error) {
    if (init.signal?.aborted) throw new Error('stopped before the gateway answered')
    throw new GatewayUnavailable(url, reasonOf(error), error)
  }
}

/** Why a call or a stream broke off: of the failures of fetch the innermost one says it. */
export function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return cause instanceof Error ? cause.message : String(cause)
}

/** The answer as a whole. Fails with an Error in words when it is no JSON object. */
export async function wholeAnswer(response: Response): Promise<AdminAnswer> {
  const text = await response.text()
  try {
    return { status: response.status, body: JSON.parse(text) as AdminAnswer['body'] }
  } catch (cause) {
    throw new Error(`this is no Admin API of a gateway: it answered ${response.status}`, { cause })
  }
}
