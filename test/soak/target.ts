import { fileURLToPath } from 'node:url'
import { type JsonProcess, startJsonProcess } from '../../fixtures/support/json-process.ts'

const PROGRAM = fileURLToPath(new URL('target-process.ts', import.meta.url))

type TargetProcess = JsonProcess<{ readonly port: number }>

/** A target that can be made to fail, and comes back on the same port. */
export class Target {
  readonly name: string
  readonly #signal: AbortSignal
  #process: TargetProcess

  private constructor(name: string, signal: AbortSignal, process: TargetProcess) {
    this.name = name
    this.#signal = signal
    this.#process = process
  }

  /** The signal ends its process, whatever state that is in. */
  static async start(name: string, signal: AbortSignal): Promise<Target> {
    return new Target(name, signal, await startProcess({ name, port: 0, signal }))
  }

  get address(): string {
    return `127.0.0.1:${this.#process.ready.port}`
  }

  /** kill -9: connections are reset, new ones refused. */
  async kill(): Promise<void> {
    process.kill(this.#process.pid, 'SIGKILL')
    await this.#process.exited
  }

  async comeBack(): Promise<void> {
    const { port } = this.#process.ready
    this.#process = await startProcess({ name: this.name, port, signal: this.#signal })
  }

  /** Takes connections, and answers nothing. */
  freeze(): void {
    process.kill(this.#process.pid, 'SIGSTOP')
  }

  thaw(): void {
    process.kill(this.#process.pid, 'SIGCONT')
  }

  /** Answers 503 from now on, or no longer. */
  async setFailing(isFailing: boolean): Promise<void> {
    const answer = await fetch(`http://${this.address}/${isFailing ? 'failing' : 'well'}`)
    await answer.arrayBuffer()
  }

  async stop(): Promise<void> {
    await this.#process.stop(0)
  }
}

function startProcess(options: {
  readonly name: string
  readonly port: number
  readonly signal: AbortSignal
}): Promise<TargetProcess> {
  return startJsonProcess({
    name: `target ${options.name}`,
    command: process.execPath,
    args: [PROGRAM, '--name', options.name, '--port', String(options.port)],
    readReady: (line) => (line.msg === 'listening' ? { port: Number(line.port) } : null),
    timeoutMs: 60_000, // on a busy machine
    signal: options.signal,
  })
}
