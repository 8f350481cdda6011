import type { EntityKind } from '../model/entity.ts'
import type { FilePath, FileProblem } from './file-problem.ts'

/** What a foreign key of an entity in a file points at. */
export type Reference =
  /** Another entity of the file, by its position among all. */
  | { readonly by: 'position'; readonly position: number }
  | { readonly by: 'id'; readonly id: string }
  /** Its endpoint key: a name, a username. */
  | { readonly by: 'key'; readonly key: string }

/** An entity of a file, valid by itself. Plain data, so that it may come from another thread. */
export interface FileEntity {
  readonly kind: EntityKind
  /** Where it stands in the file. */
  readonly path: FilePath
  readonly line: number | null
  /** All fields of the entity, defaults among them, but for what only the gateway can know: see below. */
  readonly fields: Readonly<Record<string, unknown>>
  /** Null when the file gives none. */
  readonly id: string | null
  readonly createdAt: number | null
  /** Its foreign keys, but for lists of ids; null for those that point at nothing. */
  readonly references: Readonly<Record<string, Reference | null>>
  /** Fields that the gateway is to make up; they are not in `fields`. */
  readonly generated: readonly string[]
}

/** A file that was read: everything that can be said of it without a gateway. */
export interface DeclarativeFile {
  /** Tags that limit what an absence in the file may delete; none for no limit. */
  readonly selectTags: readonly string[]
  readonly entities: readonly FileEntity[]
  readonly problems: readonly FileProblem[]
}
