import { execFileSync, spawn } from 'node:child_process'
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AccessEntry } from '../../src/metrics/access-entry.ts'
import { createLogOutput, type ProcessLog } from '../../src/metrics/log-output.ts'

const ENTRY: AccessEntry = {
  at: 1_700_000_000_000,
  requestId: '0123456789abcdef0123456789abcdef',
  client: '127.0.0.1',
  method: 'GET',
  host: 'shop.test',
  path: `/${'p'.repeat(500)}`,
  status: 200,
  route: 'shop',
  service: 'shop',
  variant: null,
  rule: null,
  split: null,
  target: '127.0.0.1:9001',
  consumer: null,
  tries: 1,
  totalMs: 1,
  upstreamMs: 1,
  reason: null,
  fallback: null,
}

let folder: string
let descriptor: number
let logs: ProcessLog[]

beforeEach(() => {
  logs = []
  folder = mkdtempSync(join(tmpdir(), 'canary-log-'))
  const pipe = join(folder, 'pipe')
  execFileSync('mkfifo', [pipe])
  descriptor = openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK)
})

afterEach(() => {
  // Before the next test's pipe takes over the number.
  for (const log of logs) log.flush()
  closeSync(descriptor)
  rmSync(folder, { recursive: true })
})

/** Reads all that is in the pipe at the moment. */
function read(): string {
  const chunk = Buffer.alloc(65_536)
  let text = ''
  while (true) {
    try {
      text += chunk.toString('utf8', 0, readSync(descriptor, chunk))
    } catch {
      return text
    }
  }
}

function outputTo(fd: number): ProcessLog {
  const log = createLogOutput({ level: 'info', hasAccessLog: true, descriptor: fd })
  logs.push(log)
  return log
}

/** Reads until the condition holds of what came last, or is met otherwise. */
async function readUntil(isOver: (lastRead: string) => boolean): Promise<string> {
  const parts: string[] = []
  do {
    await nextTurn()
    parts.push(read())
  } while (!isOver(parts.at(-1) ?? ''))
  return parts.join('')
}

describe('a log whose reader keeps up', () => {
  it.each(['flush', 'close'] as const)(
    'gets messages and access lines in their order: %s',
    async (end) => {
      const log = outputTo(descriptor)
      log.logger.info('first')
      log.recordAccess(ENTRY)
      log.logger.info('last')
      await log[end]()
      const lines = read()
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as { msg: string })
      expect(lines.map(({ msg }) => msg)).toEqual(['first', 'request', 'last'])
    },
  )
})

describe('a log whose reader stands still', () => {
  it('takes up no more than its backlog, and says afterwards how much was lost', async () => {
    const log = outputTo(descriptor)
    const WRITTEN = 60_000
    for (let i = 0; i < WRITTEN; i += 1) log.recordAccess(ENTRY)
    const text = await readUntil((part) => part.includes('lost_lines'))
    const lost = Number(/"lost_lines":(\d+)/.exec(text)?.[1])
    expect(text.length).toBeLessThan(18_000_000)
    expect((text.match(/"msg":"request"/g)?.length ?? 0) + lost).toBe(WRITTEN)
  })

  it.each(['flush', 'close'] as const)(
    'does not hold up the end of the process: %s',
    async (end) => {
      const log = outputTo(descriptor)
      for (let i = 0; i < 1_000; i += 1) log.recordAccess(ENTRY)
      const startedAt = performance.now()
      await log[end]()
      expect(performance.now() - startedAt).toBeLessThan(10_000)
      log.logger.info('nobody reads this')
      await log[end]()
      expect(performance.now() - startedAt).toBeLessThan(10_000)
    },
  )

  it('gets every line whole when the log is closed while it catches up', async () => {
    const log = outputTo(descriptor)
    const WRITTEN = 500
    for (let i = 0; i < WRITTEN; i += 1) log.recordAccess(ENTRY)
    let isClosed = false
    const closed = log.close().then(() => {
      isClosed = true
    })
    const text = await readUntil(() => isClosed)
    await closed
    const lines = `${text}${read()}`.trimEnd().split('\n')
    expect(lines).toHaveLength(WRITTEN)
    expect(new Set(lines).size).toBe(1)
  })
})

describe('a log whose reader has gone', () => {
  it.each(['flush', 'close'] as const)('ends at once: %s', async (end) => {
    const reader = spawn('sleep', ['60'], { stdio: ['pipe', 'ignore', 'ignore'] })
    const socket = reader.stdin as unknown as { _handle: { fd: number } }
    const log = outputTo(socket._handle.fd)
    log.logger.info('read')
    reader.kill('SIGKILL')
    await new Promise((resolve) => reader.on('exit', resolve))
    for (let i = 0; i < 1_000; i += 1) log.recordAccess(ENTRY)
    const startedAt = performance.now()
    await log[end]()
    expect(performance.now() - startedAt).toBeLessThan(10_000)
  })
})
