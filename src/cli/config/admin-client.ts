import type { AdminAddress } from '../admin/admin-address.ts'
import {
  type AdminAnswer,
  callAdmin,
  GatewayUnavailable,
  wholeAnswer,
} from '../admin/call-admin.ts'
import type { Progress } from './progress-bar.ts'

export interface FilePost {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly selectTags: readonly string[]
  readonly isDryRun: boolean
  readonly stopped: AbortSignal
  readonly onProgress: (progress: Progress) => void
}

/** POST /config. Fails with GatewayUnavailable, in words, when no gateway answers. */
export async function postFile(address: AdminAddress, post: FilePost): Promise<AdminAnswer> {
  const query = queryText({
    select_tags: post.selectTags.join(','),
    dry_run: post.isDryRun ? 'true' : '',
  })
  const response = await callAdmin(address, `/config${query}`, {
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
  const response = await callAdmin(address, path, { signal: stopped, headers })
  if (response.ok) return response.text()
  throw new Error(String((await wholeAnswer(response)).body.message))
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
