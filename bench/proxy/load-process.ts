import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { pinned } from './pinned.ts'
import type { LoadOptions, LoadResult } from './run-load.ts'

const LOAD = fileURLToPath(new URL('./load.ts', import.meta.url))

export interface LoadProcess {
  run(options: LoadOptions): Promise<LoadResult>
  stop(): void
}

type Message = { readonly isReady: true } | { readonly result: LoadResult } | { error: string }

/** Starts the load on this core; it waits there until told what to send. */
export async function startLoadProcess(core: number | null): Promise<LoadProcess> {
  const [command, ...args] = pinned(core, [process.execPath, LOAD])
  const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const nextMessage = async (): Promise<Message> => {
    const waiting = new AbortController()
    const { signal } = waiting
    try {
      const [message] = await Promise.race([
        once(child, 'message', { signal }),
        once(child, 'close', { signal }),
      ])
      if (typeof message === 'object' && message !== null) return message as Message
      throw new Error(`the load process ended with code ${message}`)
    } finally {
      waiting.abort()
    }
  }
  await nextMessage()
  return {
    run: async (options) => {
      child.send(options)
      const message = await nextMessage()
      if ('result' in message) return message.result
      throw new Error('error' in message ? message.error : 'the load was started twice')
    },
    stop: () => child.disconnect(),
  }
}
