import { pino } from 'pino'
import { Registry } from 'prom-client'
import { startNode } from '../../src/gateway-node.ts'
import { SETTINGS_SCHEMA } from '../../src/model/settings.ts'
import { startLoadMeter } from '../../src/proxy/overload/load-meter.ts'
import { createDraws } from '../../src/proxy/process-draws.ts'
import { openStore } from '../../src/store/open-store.ts'
import type { AuditRecord, Page, Store } from '../../src/store/store.ts'
import { describeCall, type FuzzAnswer, type FuzzCall, FuzzConnection } from './fuzz-connection.ts'
import { PARENT_COUNTS, PARENT_KINDS, type ParentKind, parentBody, withParents } from './parents.ts'

/** A whole gateway, the parents that generated documents refer to, and connections to its Admin API. */
export interface FuzzGateway {
  readonly store: Store
  /** Whatever the gateway logged as an error; that names lead nowhere is only a warning. */
  readonly logged: readonly string[]
  /** Moves the gateway's clock. */
  advanceClock(ms: number): void
  /** The text with the ids of the parents in place of their placeholders. */
  fill(text: string): string
  /** Sends the calls, several at a time; their answers in order. */
  send(calls: readonly FuzzCall[]): Promise<readonly FuzzAnswer[]>
  /** Sends one call with nothing else under way. */
  sendAlone(call: FuzzCall): Promise<FuzzAnswer>
  /** Sends one document as JSON and answers the status and the parsed body. */
  json(method: string, path: string, document?: unknown): Promise<JsonAnswer>
  /** What was written since the last call of this function, oldest first. */
  changes(): Promise<readonly AuditRecord[]>
  stop(): Promise<void>
}

export interface JsonAnswer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: documents of many shapes
  readonly body: any
}

const CONNECTIONS = 5

/** For all calls of a batch together. */
const DEADLINE_MS = 10_000

export async function startFuzzGateway(): Promise<FuzzGateway> {
  const logged: string[] = []
  let offsetMs = 0
  const store = await openStore('sqlite::memory:')
  const node = await startNode({
    settings: SETTINGS_SCHEMA.parse({
      proxy_listen: '127.0.0.1:0',
      admin_listen: '127.0.0.1:0',
      dns_resolvers: '127.0.0.1:1',
    }),
    store,
    log: {
      logger: pino({ level: 'error' }, { write: (line: string) => logged.push(line) }),
      recordAccess: () => {},
      flush: () => {},
    },
    registry: new Registry(),
    clock: { now: () => Date.now() + offsetMs, monotonicMs: () => performance.now() },
    draws: createDraws(),
    meter: startLoadMeter(),
    openFileLimit: null,
    blame: (_name, error) => error,
  })
  const port = Number(new URL(node.admin).port)
  const connections = await Promise.all(
    Array.from({ length: CONNECTIONS }, () => FuzzConnection.connect(port)),
  )
  const [first] = connections as [FuzzConnection]
  const ids = Object.fromEntries(PARENT_KINDS.map((kind) => [kind, [] as string[]])) as Record<
    ParentKind,
    string[]
  >
  const fill = (text: string) => withParents(text, ids)
  const json = async (method: string, path: string, document?: unknown) => {
    const text = document === undefined ? '' : fill(JSON.stringify(document))
    const { status, text: answer } = await first.ask({
      method,
      path: fill(path),
      contentType: document === undefined ? null : 'application/json',
      body: Buffer.from(text),
    })
    return { status, body: answer === '' ? null : JSON.parse(answer) }
  }
  for (const kind of PARENT_KINDS) {
    for (let index = 0; index < PARENT_COUNTS[kind]; index++) {
      const { status, body } = await json('POST', `/${kind}`, parentBody(kind, index))
      if (status !== 201) throw new Error(`POST /${kind}: ${status} ${JSON.stringify(body)}`)
      ids[kind].push(body.id)
    }
  }
  return {
    store,
    logged,
    advanceClock: (ms) => {
      offsetMs += ms
    },
    fill,
    json,
    sendAlone: (call) => first.ask(call),
    send: (calls) => sendAll(connections, calls),
    changes: changeReader(store),
    stop: async () => {
      for (const connection of connections) connection.close()
      await node.stop(0)
      await store.close()
    },
  }
}

async function sendAll(
  connections: readonly FuzzConnection[],
  calls: readonly FuzzCall[],
): Promise<readonly FuzzAnswer[]> {
  const answers: FuzzAnswer[] = []
  const queue = calls.entries()
  const all = Promise.all(
    connections.map(async (connection) => {
      for (const [index, call] of queue) answers[index] = await connection.ask(call)
    }),
  )
  const { promise: late, reject } = Promise.withResolvers<never>()
  const deadline = setTimeout(() => {
    const unanswered = calls.filter((_, index) => answers[index] === undefined)
    reject(new Error(`no answer in time to one of\n${unanswered.map(describeCall).join('\n')}`))
  }, DEADLINE_MS)
  await Promise.race([all, late]).finally(() => clearTimeout(deadline))
  return answers
}

/** Reads back to what was seen before. */
function changeReader(store: Store): () => Promise<readonly AuditRecord[]> {
  let seen = 0
  return async () => {
    const fresh: AuditRecord[] = []
    let after: string | null = null
    do {
      const page: Page<AuditRecord> = await store.audit({
        size: CHANGES_A_PAGE,
        after,
        entity: null,
        actor: null,
      })
      fresh.push(...page.rows.filter(({ sequence }) => sequence > seen))
      const isAllFresh = (page.rows.at(-1)?.sequence ?? 0) > seen
      after = isAllFresh ? page.next : null
    } while (after !== null)
    seen = Math.max(seen, fresh[0]?.sequence ?? 0)
    return fresh.reverse()
  }
}

const CHANGES_A_PAGE = 20
