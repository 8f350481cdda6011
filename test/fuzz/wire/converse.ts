import type { RawConnection } from '../../support/raw-connection.ts'
import { type Answers, type Awaited, readAnswers } from './read-answers.ts'
import type { ReferenceAnswer } from './reference-answers.ts'
import {
  type ReferenceEnd,
  type ReferenceReading,
  type ReferenceRequest,
  readRequests,
} from './reference-requests.ts'
import { goodRequest, HANG_MS } from './wire-bench.ts'

/** A request and the answer that it got. */
export interface Served {
  readonly request: ReferenceRequest
  readonly answer: ReferenceAnswer
}

/**
 * Waits for all that the reference promises of bytes that were sent, and brings the connection to its end. Throws what
 * is wrong with it.
 * @returns the requests that were served, in their order
 */
export async function converse(
  connection: RawConnection,
  { requests, end }: ReferenceReading,
): Promise<readonly Served[]> {
  const served = await untilAnswered(connection, requests)
  const good = served.filter((each) => !isRightlyRefused(each))
  for (const each of good) expectGood(each)
  if (served.at(-1)?.answer.closes || served.length < requests.length) {
    await untilClosed(connection)
    expectNoMore(connection, requests.slice(0, served.length))
    return good
  }
  if (end.kind === 'clean') return [...good, ...(await askSentinel(connection, requests))]
  if (end.kind === 'incomplete') connection.socket.end()
  await untilClosed(connection)
  expectRefusal(connection, requests, end)
  return good
}

function isRightlyRefused({ request, answer }: Served): boolean {
  return request.mayBeRefused && isRefusal(answer)
}

/**
 * Whether the gateway may have answered it by itself before it came to what it may refuse: all that is left to do is to
 * close the connection.
 */
function mayEndUnsaid(request: ReferenceRequest | undefined): boolean {
  return request !== undefined && request.target === '*' && request.mayBeRefused
}

function expectGood({ request: { persists }, answer: { status, closes } }: Served): void {
  if (status !== 200) throw new Error(`${status} to a good request`)
  if (closes && persists === 'yes') throw new Error('an end of a connection that was to persist')
  if (!closes && persists === 'no') throw new Error('an answer that does not say close')
}

/** Fewer than asked for only where the connection may end behind the last. */
async function untilAnswered(
  connection: RawConnection,
  requests: readonly ReferenceRequest[],
): Promise<Served[]> {
  const read = () => readAnswers(connection.text, requests, connection.isClosed)
  const isOver = ({ finals, fault }: Answers) =>
    fault !== null || finals.length === requests.length || finals.at(-1)?.closes === true
  await connection.until(({ isClosed }) => isClosed || isOver(read()), HANG_MS)
  const { finals, fault } = read()
  if (fault !== null) throw new Error(`an answer with ${fault}`)
  if (!isOver(read()) && !mayEndUnsaid(requests[finals.length - 1]))
    throw new Error(`${finals.length} answers to ${requests.length} requests`)
  return finals.map((answer, index) => ({ request: requests[index] as ReferenceRequest, answer }))
}

function untilClosed(connection: RawConnection): Promise<void> {
  return connection.until(({ isClosed }) => isClosed, HANG_MS)
}

function expectNoMore(connection: RawConnection, answered: readonly Awaited[]): void {
  const { rest } = readAnswers(connection.text, answered, true)
  if (rest !== '') throw new Error(`behind the last answer: ${JSON.stringify(rest)}`)
}

const SENTINEL = goodRequest('/sentinel')

/** On a connection that lives on, the next request is understood as well; none where it may have ended. */
async function askSentinel(
  connection: RawConnection,
  requests: readonly ReferenceRequest[],
): Promise<readonly Served[]> {
  connection.send(SENTINEL)
  const sentinel = readRequests(SENTINEL).requests
  const served = await untilAnswered(connection, [...requests, ...sentinel])
  return served.slice(requests.length)
}

const REFUSALS: ReadonlySet<number> = new Set([400, 405, 413, 414, 417, 431, 501, 505])

function isRefusal({ status, closes }: ReferenceAnswer): boolean {
  return REFUSALS.has(status) && closes
}

/**
 * The answer to what was refused, which must be there and close; to what is incomplete there may be one. The gateway
 * may have answered a request by itself before its body turned out to be wrong: then there is no other.
 */
function expectRefusal(
  connection: RawConnection,
  requests: readonly ReferenceRequest[],
  end: ReferenceEnd,
): void {
  const head = 'head' in end ? end.head : null
  const { rest: text } = readAnswers(connection.text, requests, true)
  if (text === '' && (end.kind === 'incomplete' || mayEndUnsaid(requests.at(-1)))) return
  const expectsContinue = head?.expectsContinue ?? false
  const isRight = ['GET', 'HEAD'].some((method) => {
    const awaited = { method, version: '1.1', expectsContinue } as const
    const { finals, rest, fault } = readAnswers(text, [awaited], true)
    if (fault !== null || rest !== '') return false
    const [answer] = finals
    if (answer === undefined) return end.kind === 'incomplete'
    return isRefusal(answer) || (head?.target === '*' && answer.status === 200)
  })
  if (!isRight) throw new Error(`to what is ${end.kind}: ${JSON.stringify(text)}`)
}
