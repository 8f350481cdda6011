import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const MAIN = fileURLToPath(new URL('../../fixtures/demo/main.ts', import.meta.url))

interface DemoRun {
  readonly child: ChildProcess
  readonly lines: string[]
  readonly exitCode: Promise<number | null>
  /** Resolves once a line contains the text. */
  saw(text: string): Promise<void>
}

let temporary: string

/** A short demo with a temporary folder of its own, so that what it leaves behind can be seen. */
function startDemo(): DemoRun {
  const child = spawn(process.execPath, [MAIN, '--duration', '4', '--consumers', '40'], {
    env: { ...process.env, TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines: string[] = []
  const waiting = new Set<{ text: string; resolve: () => void }>()
  const keep = (line: string) => {
    lines.push(line)
    for (const one of waiting) if (line.includes(one.text)) one.resolve()
  }
  createInterface({ input: child.stdout }).on('line', keep)
  createInterface({ input: child.stderr }).on('line', keep)
  const exitCode = once(child, 'close').then(([code]) => code as number | null)
  return {
    child,
    lines,
    exitCode,
    saw: (text) =>
      Promise.race([
        new Promise<void>((resolve) => waiting.add({ text, resolve })),
        exitCode.then((code) => {
          throw new Error(`ended with ${code} before it said "${text}":\n${lines.join('\n')}`)
        }),
      ]),
  }
}

/** Processes that have this demo's folder or one of its children on their command line. */
function processesOf(run: DemoRun): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false
    try {
      const parent = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ')[1]
      return Number(parent) === run.child.pid || commandOf(pid).includes(temporary)
    } catch {
      return false // it ended while we were looking
    }
  })
}

function commandOf(pid: string): string {
  return readFileSync(`/proc/${pid}/cmdline`, 'latin1')
}

describe('npm run demo', { timeout: 120_000 }, () => {
  beforeEach(() => {
    temporary = mkdtempSync(join(tmpdir(), 'canary-demo-test-'))
  })
  afterEach(() => rmSync(temporary, { recursive: true, force: true }))

  it('promotes the sample release, rolls the next one back, has no errors and leaves nothing behind', async () => {
    const run = startDemo()
    const code = await run.exitCode
    const text = run.lines.join('\n')
    expect(code, text).toBe(0)
    expect(text).toContain('40 consumers, each with a key: 2 testers, 6 employees, 32 others')
    expect(text).toContain('created address-v2 for service address')
    expect(text).toContain('step 1 of 6 (testers), share 0 %, groups testers')
    const shares = [...text.matchAll(/address-v2 .* share ([\d.]+) % .*forward/g)].map(([, one]) =>
      Number(one),
    )
    expect(shares).toEqual(shares.toSorted((a, b) => a - b))
    expect(text).toMatch(
      /✔ succeeded, step 6 of 6, share 100 % +consumers 100\.0 % {2}requests 100\.0 % {2}forward {2}40 {2}backwards 0 {2}errors 0/,
    )
    expect(text).toContain('address-v3: it is rolled back\n✖ rolled-back: errors in checkout')
    expect(text).toMatch(/the next [1-9]\d* requests: [1-9]\d* primary, 0 canary/)
    expect(text).toMatch(/address-v3 +✖ rolled-back.*50 % .*\naddress-v2 +✔ succeeded .*100 %/)
    expect(text).toContain('What to try next')
    expect(run.lines.at(-1)).toMatch(
      /^passed: \d+ requests, 0 errors, \d+ moved forward, 0 backwards$/,
    )
    expect(text).not.toContain('\x1b')
    expect(readdirSync(temporary)).toEqual([])
  })

  it('leaves nothing running and no folder when it is interrupted', async () => {
    const run = startDemo()
    await run.saw('step 1 of 6, share 0 %')
    expect(processesOf(run)).toHaveLength(4)
    run.child.kill('SIGINT')
    expect(await run.exitCode, run.lines.join('\n')).toBe(130)
    expect(processesOf(run)).toEqual([])
    expect(readdirSync(temporary)).toEqual([])
  })

  it('ends with 1 and leaves nothing when the gateway is killed', async () => {
    const run = startDemo()
    await run.saw('step 1 of 6, share 0 %')
    const [gateway] = processesOf(run).filter((pid) => commandOf(pid).includes('canary.js'))
    process.kill(Number(gateway), 'SIGKILL')
    expect(await run.exitCode, run.lines.join('\n')).toBe(1)
    expect(run.lines.at(-1)).toMatch(/^the gateway is gone: /)
    expect(processesOf(run)).toEqual([])
    expect(readdirSync(temporary)).toEqual([])
  })

  it('says that a port is taken and takes another one', async () => {
    const holder = createServer()
    // Taken by us, or by somebody else already: both are what this is about.
    await new Promise<void>((resolve) => {
      holder.once('error', () => resolve())
      holder.listen(8000, '127.0.0.1', resolve)
    })
    const run = startDemo()
    try {
      await run.saw('port 8000 is taken, taking another one')
      await run.saw('the gateway listens on')
    } finally {
      run.child.kill('SIGTERM')
      await run.exitCode
      holder.close()
    }
    expect(run.lines.join('\n')).not.toContain('http://127.0.0.1:8000')
  })
})
