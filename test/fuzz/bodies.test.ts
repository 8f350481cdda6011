import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ENDPOINTS, FUZZED_KINDS, type FuzzedKind } from './endpoints.ts'
import { describeCall, type FuzzAnswer, type FuzzCall } from './fuzz-connection.ts'
import { type FuzzGateway, startFuzzGateway } from './fuzz-gateway.ts'
import { REPEAT, RUNS, SEED } from './fuzz-settings.ts'
import { type HostileCall, hostileCall, toFuzzCall } from './hostile-call.ts'
import { VALID } from './valid-entities.ts'

const BATCH_SIZE = 50
const MAX_ELAPSED_MS = 50

/** A slow answer is measured again, alone, at most as often: code that never ran before takes a while to get fast. */
const MEASUREMENTS = 20

/** Enough for a slow machine; a run takes half a millisecond on others. */
const TIMEOUT_MS = 60_000 + 5 * RUNS

beforeAll(() => {
  if (process.env.FUZZ_RUNS !== undefined) console.info(REPEAT)
})

describe.each(FUZZED_KINDS)('any body sent to %s', (kind) => {
  let gateway: FuzzGateway
  let itemId: string

  beforeAll(async () => {
    gateway = await startFuzzGateway()
    itemId = await createItem(gateway, kind)
    await gateway.changes()
  })

  afterAll(async () => {
    await gateway?.stop()
  })

  test('gets an answer below 500 in time, and changes nothing when it is refused', {
    timeout: TIMEOUT_MS,
  }, async () => {
    const statuses = new Map<number, number>()
    const check = async (generated: readonly HostileCall[]) => {
      const calls = generated.map((call) => toFuzzCall(call, { kind, itemId, fill: gateway.fill }))
      const answers = await gateway.send(calls)
      for (const [index, answer] of answers.entries()) {
        expectBelow500(calls[index] as FuzzCall, answer)
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
      }
      await expectRefusalsToChangeNothing(gateway, calls, answers)
      for (const [index, answer] of answers.entries()) {
        await expectInTime(gateway, calls[index] as FuzzCall, answer)
      }
    }
    await run(kind, check)
    expect(gateway.logged).toEqual([])
    // Or the bodies would be all alike.
    expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 400]))
  })
})

/** Runs the check with batches of calls until one fails; its message says how to repeat it. */
async function run(
  kind: FuzzedKind,
  check: (calls: readonly HostileCall[]) => Promise<void>,
): Promise<void> {
  const batch = fc.array(hostileCall(kind), { minLength: BATCH_SIZE, maxLength: BATCH_SIZE })
  const { failed, numRuns, errorInstance } = await fc.check(fc.asyncProperty(batch, check), {
    numRuns: Math.ceil(RUNS / BATCH_SIZE),
    seed: SEED,
    endOnFailure: true,
  })
  if (!failed) return
  const reason = errorInstance instanceof Error ? errorInstance.message : String(errorInstance)
  throw new Error(`${reason}\nbatch ${numRuns}; repeat with ${REPEAT} -- -t 'sent to ${kind}'`)
}

function expectBelow500(call: FuzzCall, { status, text }: FuzzAnswer): void {
  if (status >= 500) throw new Error(`${status} ${text} to ${describeCall(call)}`)
}

/** Every change names the call that made it, which must be one of those that were accepted. */
async function expectRefusalsToChangeNothing(
  gateway: FuzzGateway,
  calls: readonly FuzzCall[],
  answers: readonly FuzzAnswer[],
): Promise<void> {
  for (const { requestId, kind, action } of await gateway.changes()) {
    const index = answers.findIndex((answer) => answer.requestId === requestId)
    const { status = 0 } = answers[index] ?? {}
    if (status >= 200 && status < 300) continue
    const call = calls[index]
    const origin = call === undefined ? 'nobody' : `${describeCall(call)}, refused with ${status}`
    throw new Error(`${action} of something in ${kind} by ${origin}`)
  }
}

/**
 * A call that took long is repeated with nothing else under way. Then its processor time counts, since client and
 * gateway are one process: pauses are the machine's, or of those who share it.
 */
async function expectInTime(
  gateway: FuzzGateway,
  call: FuzzCall,
  first: FuzzAnswer,
): Promise<void> {
  if (first.elapsedMs <= MAX_ELAPSED_MS) return
  let last = first
  let fastestMs = Number.POSITIVE_INFINITY
  for (let n = 0; n < MEASUREMENTS && fastestMs > MAX_ELAPSED_MS; n++) {
    // What was created must go before it can be created again.
    if (last.status === 201) {
      await gateway.json('DELETE', `${call.path}/${JSON.parse(last.text).id}`)
    }
    const before = process.cpuUsage()
    last = await gateway.sendAlone(call)
    const { user, system } = process.cpuUsage(before)
    fastestMs = Math.min(fastestMs, (user + system) / 1000, last.elapsedMs)
  }
  await gateway.changes()
  if (fastestMs > MAX_ELAPSED_MS) {
    throw new Error(
      `${last.status} after ${fastestMs.toFixed(0)} ms at best to ${describeCall(call)}`,
    )
  }
}

/** An entity for PUT and PATCH to change. */
async function createItem(gateway: FuzzGateway, kind: FuzzedKind): Promise<string> {
  const { collection } = ENDPOINTS[kind]
  const [document] = fc.sample(VALID[kind], { numRuns: 1, seed: 1 })
  const { status, body } = await gateway.json('POST', collection, document)
  if (status !== 201) throw new Error(`POST ${collection}: ${status} ${JSON.stringify(body)}`)
  return body.id
}
