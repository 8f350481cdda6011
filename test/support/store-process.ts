import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** Starts a script of this folder with the arguments; its standard output is piped. */
export function startScript(name: string, ...args: string[]): ChildProcess {
  return spawn(process.execPath, [scriptPath(name), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
}

/** Path of a script of this folder. */
export function scriptPath(name: string): string {
  return fileURLToPath(new URL(`${name}.ts`, import.meta.url))
}

/** All that the process writes to standard output until its end. */
export async function outputOf(child: ChildProcess): Promise<string> {
  let text = ''
  child.stdout?.setEncoding('utf8').on('data', (part: string) => {
    text += part
  })
  await once(child, 'close')
  return text
}

/** Ends the process as `kill -9` does and waits until it is gone. */
export async function killNow(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'close')
  child.kill('SIGKILL')
  await gone
}
