import { execFileSync, spawn } from 'node:child_process'
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AccessEntry } from '../../src/metrics/access-entry.ts'
import { createLogOutput } from '../../src/metrics/log-output.ts'

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
  target: '127.0.0.1:9001',
  consumer: null,
  tries: 1,
  totalMs: 1,
  upstreamMs: 1,
  reason: null,
}

let folder: string
let descriptor: number

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'canary-log-'))
  const pipe = join(folder, 'pipe')
  execFileSync('mkfifo', [pipe])
  descriptor = openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK)
})

afterEach(() => {
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

const outputTo = (fd: number) =>
  createLogOutput({ level: 'info', hasAccessLog: true, descriptor: fd })

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
    let text = ''
    let lost = 0
    await expect
      .poll(
        () => {
          text += read()
          lost = Number(/"lost_lines":(\d+)/.exec(text.slice(-100_000))?.[1] ?? 0)
          return lost
        },
        { interval: 1, timeout: 10_000 },
      )
      .toBeGreaterThan(0)
    expect(text.length).toBeLessThan(18_000_000)
    expect((text.match(/"msg":"request"/g)?.length ?? 0) + lost).toBe(WRITTEN)
    log.flush()
  })

  it.each(['flush', 'close'] as const)(
    'holds up the end of the process for a second at most: %s',
    async (end) => {
      const log = outputTo(descriptor)
      for (let i = 0; i < 1_000; i += 1) log.recordAccess(ENTRY)
      const startedAt = performance.now()
      await log[end]()
      expect(performance.now() - startedAt).toBeLessThan(1_500)
      log.logger.info('nobody reads this')
      await log[end]()
      expect(performance.now() - startedAt).toBeLessThan(1_500)
    },
  )

  it('gets every line whole when the log is closed while it catches up', async () => {
    const log = outputTo(descriptor)
    const WRITTEN = 10_000
    for (let i = 0; i < WRITTEN; i += 1) log.recordAccess(ENTRY)
    let isClosed = false
    const closed = log.close().then(() => {
      isClosed = true
    })
    let text = ''
    while (!isClosed) {
      text += read()
      await new Promise((resolve) => setImmediate(resolve))
    }
    await closed
    text += read()
    const lines = text.trimEnd().split('\n')
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
    expect(performance.now() - startedAt).toBeLessThan(500)
  })
})
