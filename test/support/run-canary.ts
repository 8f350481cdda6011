import type { Command } from 'commander'
import { createProgram } from '../../src/cli/program.ts'
import { runProgram } from '../../src/cli/run-program.ts'
import type { Environment } from '../../src/cli/settings-environment.ts'
import type { Terminal } from '../../src/cli/terminal.ts'

export interface Run {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** One command line of `canary` in this process, to its end: exit code and what it printed. */
export async function runCanary(
  args: readonly string[],
  {
    env = {},
    terminal: given = {},
  }: { readonly env?: Environment; readonly terminal?: Partial<Terminal> } = {},
): Promise<Run> {
  const printed = { out: '', err: '' }
  const print = (to: 'out' | 'err') => (text: string) => {
    printed[to] += text
  }
  const terminal: Terminal = {
    out: print('out'),
    err: print('err'),
    isColoured: false,
    showsProgress: false,
    columns: 80,
    isInteractive: false,
    size: () => ({ columns: 80, rows: 24 }),
    now: () => Date.now(),
    stopped: new AbortController().signal,
    pause: async () => {},
    ...given,
  }
  const program = createProgram({ start: async () => {}, env, terminal })
  for (const command of withDescendants(program)) {
    command.configureOutput({ writeOut: terminal.out, writeErr: terminal.err })
  }
  const code = await runProgram(program, ['node', 'canary', ...args], terminal.err)
  return { code, ...printed }
}

function withDescendants(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withDescendants)]
}
