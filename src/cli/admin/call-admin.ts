import type { AdminAddress } from './admin-address.ts'

export interface AdminAnswer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

/** Nothing is wrong with what was asked: no gateway answers, or not to the end. */
export class GatewayUnavailable extends Error {}

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
    throw new GatewayUnavailable(
      `no gateway answers at ${url}: ${reasonOf(error)}\nstart it, or give its Admin API with --admin-url`,
      { cause: error },
    )
  }
}

/** Why a call or a stream broke off, in few words: of the failures of fetch the innermost one says it. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.cause instanceof Error) return reasonOf(error.cause)
  // Where several addresses were tried, only the code says something.
  return error.message === '' && 'code' in error ? String(error.code) : error.message
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
