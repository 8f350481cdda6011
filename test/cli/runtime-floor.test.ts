import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runtimeProblem } from '../../bin/runtime-floor.js'

const FLOOR = '>=24.18.1'
const BIN = new URL('../../bin', import.meta.url)

test.each([
  '24.18.1',
  'v24.18.1',
  '24.18.2',
  '24.21.0',
  '25.0.0',
  '100.0.0',
  '24.19.0-nightly20260101',
])('Node.js %s may run the gateway', (version) => {
  expect(runtimeProblem(version, FLOOR)).toBeNull()
})

test.each(['24.18.0', '24.9.99', '23.99.99', '20.20.2', '4.0.0', '24.18.1-rc.1', 'nonsense', ''])(
  'Node.js %j may not',
  (version) => {
    const problem = runtimeProblem(version, FLOOR)
    expect(problem).toContain('needs 24.18.1 or newer')
    expect(problem).toContain(`this is Node.js ${version},`)
    expect(problem).toMatch(/npm ci.*npm start/)
  },
)

test('a floor in another form is a fault of the package, not of the runtime', () => {
  expect(() => runtimeProblem('24.21.0', '^24')).toThrow('engines.node')
})

describe('bin/canary.js', () => {
  let folder = ''

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'canary-bin-'))
  })
  afterAll(async () => {
    await rm(folder, { recursive: true })
  })

  test('starts src/main.ts where there is one, and dist/main.js where there is none', async () => {
    const both = await install('both', ['src/main.ts', 'dist/main.js'])
    expect(await run(process.execPath, both)).toMatchObject({ stdout: 'src/main.ts start --x\n' })
    const built = await install('built', ['dist/main.js'])
    expect(await run(process.execPath, built)).toMatchObject({ stdout: 'dist/main.js start --x\n' })
  })

  test('tells in one line that the runtime is below the floor, and exits 1', async () => {
    const installed = await install('future', ['src/main.ts'], '>=999.0.0')
    const { code, stdout, stderr } = await run(process.execPath, installed)
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(
      /^canary: this is Node\.js [0-9.]+, and the gateway needs 999\.0\.0 or newer\.[^\n]*\n$/,
    )
  })

  test('refuses the older node of this machine in the same words', async ({ skip }) => {
    const older = await machineNode()
    if (older === null || runtimeProblem(older.version, FLOOR) === null) {
      skip('this machine has no older node')
      return
    }
    const { code, stderr } = await run(older.path, await install('older', ['src/main.ts']))
    expect(code).toBe(1)
    expect(stderr).toBe(`canary: ${runtimeProblem(older.version, FLOOR)}\n`)
  })

  async function install(name: string, mains: readonly string[], floor = FLOOR): Promise<string> {
    const root = join(folder, name)
    await cp(BIN, join(root, 'bin'), { recursive: true })
    await writeFile(
      join(root, 'package.json'),
      JSON.stringify({ type: 'module', engines: { node: floor } }),
    )
    for (const main of mains) {
      await mkdir(join(root, main, '..'), { recursive: true })
      await writeFile(
        join(root, main),
        `export async function main(argv) { console.log('${main}', ...argv.slice(2)) }`,
      )
    }
    return join(root, 'bin', 'canary.js')
  }
})

async function run(node: string, script: string) {
  try {
    const { stdout, stderr } = await promisify(execFile)(node, [script, 'start', '--x'])
    return { code: 0, stdout, stderr }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
    return { code, stdout, stderr }
  }
}

/** The node outside node_modules, which is what a user has who runs `canary` without npm. */
async function machineNode(): Promise<{ path: string; version: string } | null> {
  const path = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((entry) => !entry.includes('node_modules'))
    .join(delimiter)
  const script = 'console.log(JSON.stringify([process.execPath, process.versions.node]))'
  try {
    const { stdout } = await promisify(execFile)('/usr/bin/env', ['node', '-e', script], {
      env: { PATH: path },
    })
    const [execPath, version] = JSON.parse(stdout) as [string, string]
    return { path: execPath, version }
  } catch {
    return null
  }
}
