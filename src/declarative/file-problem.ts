import type { EntityKind } from '../model/entity.ts'
import type { ErrorDetail } from '../model/errors.ts'

export type FilePath = ErrorDetail['path']

/** One thing that is wrong with a declarative file. */
export interface FileProblem {
  /** From 1 on; null when it is not known, or concerns the file as a whole. */
  readonly line: number | null
  /** Where in the file: keys, and indexes from 0. */
  readonly path: FilePath
  readonly message: string
  /** The entity that it is about; null when it is about the file. */
  readonly entity: ProblemEntity | null
}

export interface ProblemEntity {
  readonly kind: EntityKind
  readonly id: string | null
  readonly name: string | null
  readonly tags: readonly string[] | null
  /** Where in the entity. */
  readonly field: FilePath
}

/** `line 12, services.2.retries: expected an integer`; indexes count from 1, as in Kong's messages. */
export function problemText({ line, path, message }: FileProblem): string {
  const place = path.map((part) => (typeof part === 'number' ? part + 1 : part)).join('.')
  const where = [line === null ? '' : `line ${line}`, place].filter((part) => part !== '')
  return where.length === 0 ? message : `${where.join(', ')}: ${message}`
}

/** A problem of the file as a whole. */
export function fileProblem(message: string): FileProblem {
  return { line: null, path: [], message, entity: null }
}
