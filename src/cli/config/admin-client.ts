import type { Progress } from './progress-bar.ts'

/** Where a gateway is, and who calls. */
export interface AdminAddress {
  readonly url: string
  readonly token: string | null
}

export interface AdminAnswer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

export interface FilePost {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly selectTags: readonly string[]
  readonly isDryRun: boolean
  readonly stopped: AbortSignal
  readonly onProgress: (progress: Progress) => void
}

/** The gateway could not do what it was asked to, which says nothing of the file: later it may. */
export class GatewayUnavailable extends Error {}

/** POST /config. Fails with GatewayUnavailable, in words, when no gateway answers. */
export async function postFile(address: AdminAddress, post: FilePost): Promise<AdminAnswer> {
  const query = queryText({
    select_tags: post.selectTags.join(','),
    dry_run: post.isDryRun ? 'true' : '',
  })
  const response = await call(address, `/config${query}`, {
    method: 'POST',
    body: post.bytes,
    signal: post.stopped,
    headers: { 'content-type': 'application/yaml', accept: 'application/x-ndjson' },
  })
  if (!response.headers.get('content-type')?.includes('ndjson')) return wholeAnswer(response)
  for await (const line of linesOf(response)) {
    const message = JSON.parse(line) as Progress | AdminAnswer
    if ('status' in message) return message
    post.onProgress(message)
  }
  throw new GatewayUnavailable('the gateway ended its answer too early; see its log')
}

/** GET /config as YAML. Fails with an Error in words. */
export async function getDump(
  address: AdminAddress,
  {
    selectTags,
    stopped,
  }: { readonly selectTags: readonly string[]; readonly stopped: AbortSignal },
): Promise<string> {
  const path = `/config${queryText({ select_tags: selectTags.join(',') })}`
  const headers = { accept: 'application/yaml' }
  const response = await call(address, path, { signal: stopped, headers })
  if (response.ok) return response.text()
  throw new Error(String((await wholeAnswer(response)).body.message))
}

async function call(
  { url, token }: AdminAddress,
  path: string,
  { headers, ...init }: RequestInit & { readonly headers: Record<string, string> },
): Promise<Response> {
  const authorization: Record<string, string> =
    token === null ? {} : { authorization: `Bearer ${token}` }
  try {
    const base = url.replace(/\/+$/, '')
    return await fetch(`${base}${path}`, { ...init, headers: { ...headers, ...authorization } })
  } catch (error) {
    if (init.signal?.aborted) throw new Error('stopped before the gateway answered')
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new GatewayUnavailable(
      `no gateway answers at ${url}: ${reason}\nstart it, or give its Admin API with --admin-url`,
      { cause: error },
    )
  }
}

async function wholeAnswer(response: Response): Promise<AdminAnswer> {
  const text = await response.text()
  try {
    return { status: response.status, body: JSON.parse(text) as AdminAnswer['body'] }
  } catch (cause) {
    throw new Error(`this is no Admin API of a gateway: it answered ${response.status}`, { cause })
  }
}

async function* linesOf(response: Response): AsyncGenerator<string> {
  if (response.body === null) return
  let rest = ''
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + text).split('\n')
    rest = parts.pop() ?? ''
    yield* parts
  }
  if (rest !== '') yield rest
}

function queryText(query: Readonly<Record<string, string>>): string {
  const given = Object.entries(query).filter(([, value]) => value !== '')
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`
}
