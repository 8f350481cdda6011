import { setImmediate as nextTurn } from 'node:timers/promises'
import type { RawConnection } from '../../support/raw-connection.ts'
import { converse } from './converse.ts'
import { expectForwarded } from './expect-forwarded.ts'
import { type ReferenceEnd, type ReferenceReading, readRequests } from './reference-requests.ts'
import { goodRequest, hangUp, type WireBench } from './wire-bench.ts'
import { piecesOf, type WireCase } from './wire-case.ts'

/** Behind what is refused comes a request that nobody may read. */
const BEHIND_REFUSED = `\r\n\r\n${goodRequest('/smuggled')}`

/**
 * Sends a case through the gateway and compares both ends with the reference: what the upstream got, what the client
 * was answered, how the connection ended, and whether the gateway goes on serving. Throws what is wrong.
 * @returns how the reference ends, for the caller to count
 */
export async function runCase(bench: WireBench, given: WireCase): Promise<ReferenceEnd['kind']> {
  const reading = readRequests(given.bytes)
  bench.upstream.forget()
  const connection = bench.connect()
  try {
    await send(connection, given)
    if (reading.end.kind === 'refused') connection.send(BEHIND_REFUSED)
    const served = await converse(connection, reading)
    await bench.expectServing()
    expectForwarded(bench.upstream, served)
    if (bench.logged.length > 0) throw new Error(`logged: ${bench.logged.join('\n')}`)
  } catch (error) {
    const seen = describeFailure(bench, { given, reading, connection })
    throw new Error(`${error instanceof Error ? error.message : error}\n${seen}`, { cause: error })
  } finally {
    hangUp(connection)
  }
  return reading.end.kind
}

async function send(connection: RawConnection, given: WireCase): Promise<void> {
  for (const piece of piecesOf(given)) {
    connection.send(piece)
    // The gateway reads it before the next one is written.
    await nextTurn()
  }
}

interface Failed {
  readonly given: WireCase
  readonly reading: ReferenceReading
  readonly connection: RawConnection
}

function describeFailure(
  { upstream, ended }: WireBench,
  { given, reading, connection }: Failed,
): string {
  const { requests, end } = reading
  const list = requests.map(({ method, target, body }) => `${method} ${target} ${body.length}`)
  return [
    JSON.stringify(given),
    `reference: [${list.join(', ')}], then ${end.kind}${'why' in end ? `: ${end.why}` : ''}`,
    `client got: ${JSON.stringify(connection.text)}${connection.isClosed ? ', closed' : ''}`,
    `upstream got: ${upstream.requests.map(({ method, target }) => `${method} ${target}`)} ${upstream.faults.join('; ')}`,
    `access log: ${ended().join(', ')}`,
  ].join('\n')
}
