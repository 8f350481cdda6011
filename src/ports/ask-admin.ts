import { type ListenAddress, listenAddressText } from '../model/setting-values.ts'

/** Where a gateway on the same addresses answers. */
export interface AdminPlace {
  readonly admin: ListenAddress
  readonly adminToken: string | null
}

export interface AdminAnswer {
  readonly status: number
  readonly body: unknown
}

const ANSWER_TIMEOUT_MS = 2_000

/** What the Admin API there answers to a GET; null when it answers nothing that could be one's. */
export async function askAdmin(
  { admin, adminToken }: AdminPlace,
  path: string,
): Promise<AdminAnswer | null> {
  try {
    const answer = await fetch(`http://${listenAddressText(admin)}${path}`, {
      headers: adminToken === null ? {} : { authorization: `Bearer ${adminToken}` },
      redirect: 'error',
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    })
    return { status: answer.status, body: await answer.json() }
  } catch {
    // No gateway; the caller says what follows from that.
    return null
  }
}
