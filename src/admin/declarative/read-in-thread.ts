import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { DeclarativeFile, FileEntity } from '../../declarative/file-entity.ts'
import { fileProblem } from '../../declarative/file-problem.ts'
import { type ReadOptions, readFileBytes } from '../../declarative/read-file.ts'

/** What the thread is given. */
export interface ReadTask {
  readonly bytes: Uint8Array
  readonly options: ReadOptions
}

/** A file that was read, before its entities have been handed over. */
export type FileHead = Omit<DeclarativeFile, 'entities'> & { readonly entities: number }

/** Up to this length a text takes milliseconds, unless it is made to take longer. */
const MAX_CHEAP_BYTES = 16 * 1024
const MAX_CHEAP_LEVELS = 1000
/** A file that needs more of either is not worth what it costs everybody else. */
const MAX_HEAP_MEBIBYTES = 2048
const TIMEOUT_MS = 120_000

/** `readFileBytes` in a thread of its own, or at once when that takes no time. Never fails for what a text holds. */
export async function readInThread(
  bytes: Uint8Array,
  options: ReadOptions,
): Promise<DeclarativeFile> {
  if (isCheap(bytes)) return readFileBytes(bytes, options)
  const worker = new Worker(WORKER, {
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MEBIBYTES },
  })
  try {
    return await converse(worker, { bytes, options })
  } catch (error) {
    const message = describeEnd(error)
    if (message === null) throw error
    return refused(options, message)
  } finally {
    await worker.terminate()
  }
}

/** Beside this file, in the source as well as in what is built of it. */
const WORKER = new URL(`./read-worker${extname(import.meta.url)}`, import.meta.url)

class TooSlow extends Error {}

async function converse(worker: Worker, task: ReadTask): Promise<DeclarativeFile> {
  const deadline = AbortSignal.timeout(TIMEOUT_MS)
  const { entities: count, ...head } = (await ask(worker, task, deadline)) as FileHead
  const entities: FileEntity[] = []
  while (entities.length < count) {
    entities.push(...((await ask(worker, 'next', deadline)) as readonly FileEntity[]))
  }
  return { ...head, entities }
}

function ask(worker: Worker, message: ReadTask | 'next', deadline: AbortSignal): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const settle = (end: () => void) => () => {
      worker.off('message', onMessage).off('error', onError)
      deadline.removeEventListener('abort', onTimeout)
      end()
    }
    const onMessage = (answer: unknown) => settle(() => resolve(answer))()
    const onError = (error: unknown) => settle(() => reject(error))()
    const onTimeout = () => settle(() => reject(new TooSlow()))()
    worker.on('message', onMessage).on('error', onError)
    deadline.addEventListener('abort', onTimeout)
    worker.postMessage(message)
  })
}

/** What a file did to the thread that read it; null when it is not the file's fault. */
function describeEnd(error: unknown): string | null {
  if (error instanceof TooSlow) return `reading it takes more than ${TIMEOUT_MS / 1000} s`
  const isFull =
    error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
  return isFull ? 'reading it takes too much memory; divide it, or send it as JSON' : null
}

function refused({ selectTags = [] }: ReadOptions, message: string): DeclarativeFile {
  return { selectTags, entities: [], problems: [fileProblem(message)] }
}

/** Neither long nor with anchors, which could stand for a lot, nor very deep. */
function isCheap(bytes: Uint8Array): boolean {
  if (bytes.length > MAX_CHEAP_BYTES || bytes.includes(0x26)) return false
  return bytes.filter((byte) => byte === 0x5b || byte === 0x7b).length < MAX_CHEAP_LEVELS
}
