import http, { type IncomingMessage } from 'node:http'
import { json } from 'node:stream/consumers'
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

/**
 * What the Admin API there answers to a GET; null when it answers nothing that could be one's. Each call has a
 * connection of its own, because a kept one would stay with the process that it once reached. Not by fetch, which
 * refuses ports that browsers must not call, 10080 for one.
 */
export async function askAdmin(place: AdminPlace, path: string): Promise<AdminAnswer | null> {
  try {
    const answer = await get(place, path)
    return { status: answer.statusCode ?? 0, body: await json(answer) }
  } catch {
    // No gateway; the caller says what follows from that.
    return null
  }
}

function get({ admin, adminToken }: AdminPlace, path: string): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const url = `http://${listenAddressText(admin)}${path}`
  const options = {
    agent: false,
    headers: adminToken === null ? {} : { authorization: `Bearer ${adminToken}` },
    signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
  }
  http.get(url, options, resolve).on('error', reject)
  return promise
}
