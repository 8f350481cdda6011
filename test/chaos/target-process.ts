import { fileURLToPath } from 'node:url'
import { type JsonProcess, startJsonProcess } from '../../fixtures/support/json-process.ts'
import { START_MS } from './gateway-process.ts'

const SCRIPT = fileURLToPath(new URL('./faulty-target.ts', import.meta.url))

/** What may happen to a target: killed, stopped by the kernel, slower than anybody waits, or answering 500. */
export const FAULTS = ['killed', 'frozen', 'slow', 'broken'] as const
export type Fault = (typeof FAULTS)[number]

/** A target that is a process of its own, with what can happen to one. */
export class TargetProcess {
  readonly #name: string
  #process: JsonProcess<{ readonly port: number }>

  private constructor(name: string, running: JsonProcess<{ readonly port: number }>) {
    this.#name = name
    this.#process = running
  }

  static async start(name: string): Promise<TargetProcess> {
    return new TargetProcess(name, await startScript(name, 0))
  }

  /** `127.0.0.1:port`, the same after a restart. */
  get address(): string {
    return `127.0.0.1:${this.#process.ready.port}`
  }

  /** Resolves when the fault is there. */
  async strike(fault: Fault): Promise<void> {
    if (fault === 'killed') await this.#process.stop(0)
    else if (fault === 'frozen') process.kill(this.#process.pid, 'SIGSTOP')
    else await this.#become(fault)
  }

  /** Resolves when the target is as before the fault. */
  async mend(fault: Fault): Promise<void> {
    if (fault === 'killed') this.#process = await startScript(this.#name, this.#process.ready.port)
    else if (fault === 'frozen') process.kill(this.#process.pid, 'SIGCONT')
    else await this.#become('well')
  }

  async stop(): Promise<void> {
    await this.#process.stop(0)
  }

  async #become(behaviour: string): Promise<void> {
    const answer = await fetch(`http://${this.address}/as/${behaviour}`, { method: 'PUT' })
    if (!answer.ok) throw new Error(`${this.#name} did not become ${behaviour}: ${answer.status}`)
  }
}

function startScript(name: string, port: number) {
  return startJsonProcess({
    name: `target ${name}`,
    timeoutMs: START_MS,
    command: process.execPath,
    args: [SCRIPT, '--name', name, '--port', String(port)],
    readReady: (line) => (line.msg === 'listening' ? { port: Number(line.port) } : null),
  })
}
