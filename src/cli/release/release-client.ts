import type { z } from 'zod'
import type { AdminAddress } from '../admin/admin-address.ts'
import { callAdmin, wholeAnswer } from '../admin/call-admin.ts'
import { Refusal } from './refusal.ts'

/** Who asks which gateway. */
export interface ReleaseClient {
  readonly address: AdminAddress
  /** What the caller claims to be; null when nothing is known. */
  readonly actor: string | null
  readonly stopped: AbortSignal
}

export interface Question {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Sent as JSON; undefined for none. */
  readonly body?: unknown
}

/**
 * The body of the answer as the gateway gave it; null for an empty one.
 * Fails with Refusal when the gateway says no, with an Error in words when there is none.
 */
export async function ask(
  { address, actor, stopped }: ReleaseClient,
  path: string,
  { method = 'GET', body }: Question = {},
): Promise<unknown> {
  const response = await callAdmin(address, path, {
    method,
    signal: stopped,
    headers: {
      accept: 'application/json',
      ...actorHeader(actor),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  if (response.status === 204) return null
  const answer = await wholeAnswer(response)
  if (response.ok) return answer.body
  throw new Refusal(answer)
}

/** The same, read as what it must be. Fails as well when a gateway of another version answers something else. */
export async function askFor<T extends z.ZodType>(
  client: ReleaseClient,
  path: string,
  { answer, ...question }: Question & { readonly answer: T },
): Promise<z.infer<T>> {
  return readAnswer(answer, await ask(client, path, question))
}

/** Fails with an Error in words when the value is no such answer. */
export function readAnswer<T extends z.ZodType>(answer: T, value: unknown): z.infer<T> {
  const read = answer.safeParse(value)
  if (read.success) return read.data
  const [issue] = read.error.issues
  const where = issue === undefined ? '' : ` (${issue.path.join('.')}: ${issue.message})`
  throw new Error(`the gateway answered what this version of canary does not understand${where}`)
}

/** `Canary-Actor`; UTF-8, whose bytes fetch wants one character each. */
export function actorHeader(actor: string | null): Record<string, string> {
  if (actor === null) return {}
  return { 'canary-actor': Buffer.from(actor, 'utf8').toString('latin1') }
}
