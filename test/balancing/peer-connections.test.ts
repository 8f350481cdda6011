import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileCircuitLimits, hasRoom } from '../../src/balancing/circuit-breaker.ts'
import type { ConnectionWait, CountedConnection } from '../../src/balancing/peer-connections.ts'
import { newPeerLoad, type PeerLoad } from '../../src/balancing/peer-load.ts'

const LIMIT = 3

/** A pool as the proxy has one: requests begin, take or open a connection, and end; connections break. */
class Pool {
  readonly load: PeerLoad = newPeerLoad(LIMIT)
  readonly waiting: ConnectionWait[] = []
  readonly connecting: { wait: ConnectionWait; connection: CountedConnection }[] = []
  readonly busy: CountedConnection[] = []
  readonly idle: CountedConnection[] = []

  /** A request comes; it is refused where there is no room. */
  begin(mayOpen: boolean): void {
    const limits = compileCircuitLimits({
      max_connections: LIMIT,
      max_pending_requests: 2,
      max_requests: null,
    })
    if (hasRoom(this.load, limits, mayOpen)) this.waiting.push(this.load.connections.await())
  }

  /** The request that waits for longest takes an idle connection, or opens one. */
  assign(wantsNew: boolean): void {
    const wait = this.waiting.shift()
    if (wait === undefined) return
    const { connections } = this.load
    const reused = wantsNew ? undefined : this.idle.pop()
    if (reused !== undefined) {
      connections.reused(reused)
      wait.end()
      this.busy.push(reused)
      return
    }
    const connection: CountedConnection = {
      destroy: () => this.idle.splice(this.idle.indexOf(connection), 1),
    }
    connections.makeRoom()
    connections.opened(connection)
    wait.assigned()
    this.connecting.push({ wait, connection })
  }

  connected(): void {
    const opened = this.connecting.shift()
    if (opened === undefined) return
    opened.wait.end()
    this.busy.push(opened.connection)
  }

  answered(): void {
    const connection = this.busy.shift()
    if (connection === undefined) return
    this.load.connections.becameIdle(connection)
    this.idle.push(connection)
  }

  /** Something ends before its time: the request, its connection or an idle one. */
  break(what: 'waiting' | 'connecting' | 'busy' | 'idle'): void {
    if (what === 'waiting') this.waiting.pop()?.end()
    if (what === 'connecting') {
      const broken = this.connecting.pop()
      broken?.wait.end()
      if (broken !== undefined) this.load.connections.closed(broken.connection)
    }
    const connection = what === 'busy' || what === 'idle' ? this[what].pop() : undefined
    if (connection !== undefined) this.load.connections.closed(connection)
  }
}

type Step = (pool: Pool) => void

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.boolean().map((mayOpen) => (pool: Pool) => pool.begin(mayOpen)),
  fc.boolean().map((wantsNew) => (pool: Pool) => pool.assign(wantsNew)),
  fc.constant((pool: Pool) => pool.connected()),
  fc.constant((pool: Pool) => pool.answered()),
  fc
    .constantFrom('waiting' as const, 'connecting' as const, 'busy' as const, 'idle' as const)
    .map((what) => (pool: Pool) => pool.break(what)),
)

describe('connections to a peer', () => {
  test('are never more than the limit, and all that waits is counted, whatever happens', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const pool = new Pool()
        const { connections } = pool.load
        for (const act of steps) {
          act(pool)
          const { waiting, connecting, busy, idle } = pool
          expect(connections.open).toBe(connecting.length + busy.length + idle.length)
          expect(connections.open).toBeLessThanOrEqual(LIMIT)
          expect(connections.promised).toBeLessThanOrEqual(LIMIT)
          const withoutIdle = Math.max(0, waiting.length - idle.length)
          expect(connections.pending).toBe(connecting.length + withoutIdle)
          expect(connections.spareIdle).toBe(Math.max(0, idle.length - waiting.length))
        }
      }),
      { numRuns: 2000 },
    )
  })

  test('that end twice, or were never told of, count once', () => {
    const { connections } = newPeerLoad(LIMIT)
    const wait = connections.await()
    wait.assigned()
    wait.assigned()
    wait.end()
    wait.end()
    connections.closed({ destroy: () => {} })
    connections.becameIdle({ destroy: () => {} })
    expect(connections.isUnused).toBe(true)
    expect([connections.open, connections.pending, connections.spareIdle]).toEqual([0, 0, 0])
  })
})

describe('room at a peer', () => {
  const limits = compileCircuitLimits({
    max_connections: 2,
    max_pending_requests: 1,
    max_requests: 3,
  })

  function loadWith({ open = 0, idle = 0, pending = 0, requests = 0 }): PeerLoad {
    const load = newPeerLoad(limits.maxConnections)
    for (let i = 0; i < open; i++) {
      const connection = { destroy: () => {} }
      load.connections.opened(connection)
      if (i < idle) load.connections.becameIdle(connection)
    }
    for (let i = 0; i < pending; i++) load.connections.await().assigned()
    load.openRequests = requests
    return load
  }

  test.each([
    ['nothing', {}, true, true],
    ['as many requests as may be', { requests: 3 }, false, false],
    ['as many connections as may be', { open: 2 }, false, false],
    ['one of them idle', { open: 2, idle: 1 }, true, true],
    ['as many waiting as may be', { open: 1, pending: 1 }, false, false],
    ['an idle one beside them', { open: 2, idle: 1, pending: 1 }, true, false],
  ])('%s: %j', (_what, state, forAny, forNew) => {
    expect(hasRoom(loadWith(state), limits, false)).toBe(forAny)
    expect(hasRoom(loadWith(state), limits, true)).toBe(forNew)
  })

  test('has Envoy’s limits where none are given', () => {
    const each = { maxConnections: 1024, maxPendingRequests: 1024, maxRequests: 1024 }
    expect(compileCircuitLimits(null)).toEqual(each)
    expect(
      compileCircuitLimits({ max_connections: null, max_pending_requests: null, max_requests: 7 }),
    ).toEqual({ ...each, maxRequests: 7 })
  })
})
