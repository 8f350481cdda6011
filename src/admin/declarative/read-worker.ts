import { parentPort } from 'node:worker_threads'
import type { FileEntity } from '../../declarative/file-entity.ts'
import { readFileBytes } from '../../declarative/read-file.ts'
import type { FileHead, ReadTask } from './read-in-thread.ts'

/*
 * Reads one declarative file in a thread of its own. It is sent the task, answers with the head, and then with a portion
 * of the entities for each further message: all at once they would hold up the thread that takes them.
 */
const PORTION = 100

let entities: readonly FileEntity[] | null = null
let handedOver = 0

parentPort?.on('message', (task: ReadTask | 'next') => {
  if (task !== 'next') {
    const file = readFileBytes(task.bytes, task.options)
    entities = file.entities
    const head: FileHead = { ...file, entities: file.entities.length }
    parentPort?.postMessage(head)
    return
  }
  parentPort?.postMessage(entities?.slice(handedOver, handedOver + PORTION) ?? [])
  handedOver += PORTION
})
