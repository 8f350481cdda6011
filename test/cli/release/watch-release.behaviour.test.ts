import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Terminal } from '../../../src/cli/terminal.ts'
import {
  type RecordedGateway,
  STREAM,
  startRecordedGateway,
} from '../../support/recorded-gateway.ts'
import { releaseAnswer, T0 } from '../../support/release-answers.ts'
import { runCanary } from '../../support/run-canary.ts'

const BINARY = fileURLToPath(new URL('../../../bin/canary.js', import.meta.url))
const WATCH = '/releases/shop-v2/watch'

/** A process of its own takes a while on a busy machine. */
const SLOW_START = { timeout: 25_000 }

describe('canary release watch', () => {
  let gateway: RecordedGateway

  beforeEach(async () => {
    gateway = await startRecordedGateway()
    gateway.answer('GET', WATCH, { body: STREAM })
  })

  afterEach(() => gateway.stop())

  const watch = (args: readonly string[] = [], terminal: Partial<Terminal> = {}) =>
    runCanary(['release', 'watch', 'shop-v2', ...args], {
      env: { CANARY_ADMIN_URL: gateway.url, USER: 'anna' },
      terminal: { now: () => T0, ...terminal },
    })

  const isWatched = (times = 1) => expect.poll(() => gateway.streams.length, SLOW_START).toBe(times)

  test('prints a line of JSON for each change, and ends with 0 on success', async () => {
    const run = watch()
    await isWatched()
    gateway.send('release', releaseAnswer())
    gateway.send('release', releaseAnswer({ phase: 'succeeded', share_percent: 100 }))
    gateway.send('end', {})
    const { code, out, err } = await run
    const lines = out.trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line).phase)).toEqual(['progressing', 'succeeded'])
    expect(JSON.parse(lines[0] ?? '')).not.toHaveProperty('document')
    expect(err).toBe('shop-v2 ✔ succeeded, step 3 of 6, share 100 %\n')
    expect(code).toBe(0)
  })

  test.each(['rolled-back', 'failed', 'superseded'] as const)(
    'ends with 1 on %s',
    async (phase) => {
      const run = watch()
      await isWatched()
      gateway.send('release', releaseAnswer({ phase, reason: 'errors in checkout' }))
      gateway.send('end', {})
      const { code, err } = await run
      expect(code).toBe(1)
      expect(err).toContain(`✖ ${phase}, step 3 of 6, share 10 %: errors in checkout\n`)
    },
  )

  test('ends with 124 after the timeout, says where it stands, and leaves the release alone', async () => {
    const run = watch(['--timeout', '300ms'])
    await isWatched()
    gateway.send('release', releaseAnswer())
    const { code, err } = await run
    expect(code).toBe(124)
    expect(err).toContain('not ended after 0s')
    expect(err).toContain('The release goes on as it is')
    expect(gateway.seen.map(({ method }) => method)).toEqual(['GET'])
  })

  test('Ctrl-C ends it with 130, gives the cursor back, and leaves the release alone', async () => {
    const stop = new AbortController()
    let shown = ''
    const run = watch([], {
      isInteractive: true,
      stopped: stop.signal,
      out: (text) => {
        shown += text
      },
      pause: (_ms, until) => passed(until, 5),
    })
    await isWatched()
    gateway.send('release', releaseAnswer())
    await expect.poll(() => shown).toContain('◌ progressing  shop-v2')
    stop.abort()
    const { code, err } = await run
    expect(code).toBe(130)
    expect(shown.endsWith('\u001b[?25h')).toBe(true)
    expect(err).toContain('it stands at: shop-v2 ◌ progressing, step 3 of 6, share 10 %\n')
    expect(gateway.seen.map(({ method }) => method)).toEqual(['GET'])
  })

  test('a gateway that restarts is found again, and it says so', async () => {
    const { url } = gateway
    let told = ''
    const run = watch([], {
      out: (text) => {
        told += text
      },
      pause: (ms) => passed(undefined, Math.min(ms, 20)),
    })
    await isWatched()
    gateway.send('release', releaseAnswer())
    await expect.poll(() => told).toContain('progressing')
    await gateway.stop()
    gateway = await startRecordedGateway(Number(new URL(url).port))
    gateway.answer('GET', WATCH, { body: STREAM })
    await isWatched()
    gateway.send('release', releaseAnswer({ phase: 'succeeded' }))
    gateway.send('end', {})
    const { code, err } = await run
    expect(code).toBe(0)
    expect(err).toMatch(/canary: the gateway is gone \(.+\); asking again in 0\.25 s/)
  })

  test('the process obeys SIGINT: it says where the release stands, and exits with 130', async () => {
    const child = spawn(process.execPath, [BINARY, 'release', 'watch', 'shop-v2'], {
      env: { ...process.env, CANARY_ADMIN_URL: gateway.url },
    })
    const said = { out: '', err: '' }
    child.stdout.on('data', (chunk) => {
      said.out += chunk
    })
    child.stderr.on('data', (chunk) => {
      said.err += chunk
    })
    await isWatched()
    gateway.send('release', releaseAnswer())
    await expect.poll(() => said.out).toContain('progressing')
    child.kill('SIGINT')
    const [code] = await once(child, 'close')
    expect(code).toBe(130)
    expect(said.err).toContain('The release goes on as it is; look again with: ')
  })

  test.each([
    [['nothing'], /nothing is called .*\nlist them/],
    [['shop-v2', '--admin', 'http://127.0.0.1:1'], /no gateway answers at http:\/\/127/],
    [['shop-v2', '--timeout', 'soon'], /'soon' is no duration/],
  ])('%j is refused in words', async (args, message) => {
    const { code, err } = await runCanary(['release', 'watch', ...args], {
      env: { CANARY_ADMIN_URL: gateway.url },
    })
    expect(code).toBe(args.includes('soon') ? 2 : 1)
    expect(err).toMatch(message)
  })
})

/** Resolves after so long or when aborted. */
function passed(until: AbortSignal | undefined, ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
    until?.addEventListener('abort', () => resolve(), { once: true })
  })
}
