import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type GatewayProcess, startGateway } from '../../fixtures/support/start-gateway.ts'
import {
  type SampleServiceProcess,
  startSampleService,
} from '../../fixtures/support/start-sample-service.ts'
import { outputOf, shownCommands, withoutAccidents } from '../support/readme-commands.ts'

const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')

describe('the commands of the README', () => {
  const folder = mkdtempSync(join(tmpdir(), 'canary-readme-'))
  let services: SampleServiceProcess[]
  let gateway: GatewayProcess

  beforeAll(async () => {
    services = [
      await startSampleService({ version: 'v1' }),
      await startSampleService({ version: 'v2' }),
    ]
    gateway = await startGateway({ database: `sqlite:${join(folder, 'canary.db')}` })
  })
  afterAll(async () => {
    await Promise.all([gateway, ...services].map((one) => one?.stop()))
    rmSync(folder, { recursive: true, force: true })
  })

  /** The command with the addresses of this run in place of those in the README, all at once: one may hold another. */
  const here = (command: string) => {
    const addresses: Readonly<Record<string, string>> = {
      'localhost:8000': new URL(gateway.ready.proxy).host,
      'localhost:8001': new URL(gateway.ready.admin).host,
      9001: String(services[0]?.ready.port),
      9002: String(services[1]?.ready.port),
    }
    return command.replaceAll(/localhost:800[01]|900[12]/g, (known) => addresses[known] ?? known)
  }

  it('print what the README shows', { timeout: 120_000 }, async () => {
    const commands = shownCommands(README)
    expect(commands.length).toBeGreaterThan(20)
    for (const { command, output } of commands) {
      const printed = await outputOf(here(command))
      if (output !== '') expect(withoutAccidents(printed), command).toBe(withoutAccidents(output))
    }
  })

  it('all show their output in the console blocks', () => {
    const blocks = [...README.matchAll(/^```console\n([\s\S]*?)^```$/gm)].map(
      ([, text = '']) => text,
    )
    const silent = shownCommands(blocks.map((text) => `\`\`\`console\n${text}\`\`\``).join('\n'))
      .filter(({ output }) => output === '')
      .map(({ command }) => command)
    expect(silent).toEqual([])
  })
})
