import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** A command that a document shows, with the output it shows. */
export interface ShownCommand {
  readonly command: string
  readonly output: string
}

const BLOCK = /^```(console)?\n([\s\S]*?)^```$/gm
const run = promisify(execFile)

/** Every command of the document in its order: `$ …` of console blocks, `curl …` of plain ones. */
export function shownCommands(markdown: string): ShownCommand[] {
  return [...markdown.matchAll(BLOCK)].flatMap(([, console, text = '']) =>
    console === undefined ? plainCommands(text) : consoleCommands(text),
  )
}

/** Runs a command as a reader would and returns what it prints. */
export async function outputOf(command: string): Promise<string> {
  const { stdout } = await run('bash', ['-o', 'pipefail', '-c', command])
  return stdout.replaceAll('\r', '').trim()
}

/** The text with everything that differs from run to run made equal. */
export function withoutAccidents(text: string): string {
  return text
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<uuid>')
    .replaceAll(/\b[0-9a-f]{32}\b/g, '<request id>')
    .replaceAll(/\d{4}-\d{2}-\d{2}T[\d:.]+Z/g, '<time>')
    .replaceAll(/\b1\d{9}(\d{3}|\.\d+)?\b/g, '<epoch>')
    .replaceAll(/(localhost|127\.0\.0\.1):\d+/g, '<address>')
    .replaceAll(/("upstream_port":|"port":)\d+/g, '$1<port>')
}

function plainCommands(text: string): ShownCommand[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('curl '))
    .map((command) => ({ command: command.replace('curl ', 'curl -sS --fail '), output: '' }))
}

function consoleCommands(text: string): ShownCommand[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const lines = part.trimEnd().split('\n')
      const last = lines.findIndex((line) => !line.endsWith('\\'))
      return {
        command: lines.slice(0, last + 1).join('\n'),
        output: lines.slice(last + 1).join('\n'),
      }
    })
}
