import type { EntityKind } from '../model/entity.ts'
import type { FileEntity } from './file-entity.ts'
import type { FilePath, FileProblem } from './file-problem.ts'

/** Something that is wrong with an entity of a file, at a field of it. */
export function problemOf(entity: FileEntity, field: FilePath, message: string): FileProblem {
  const { kind, path, line, id, fields } = entity
  const tags = Array.isArray(fields.tags) ? fields.tags : null
  const about = { kind, id, name: nameIn(kind, fields), tags, field }
  return { line, path: [...path, ...field], message, entity: about }
}

/** What people call an entity by; never its key, which may be a secret. */
export function nameIn(kind: EntityKind, fields: Readonly<Record<string, unknown>>): string | null {
  const names = NAME_FIELDS[kind] ?? ['instance_name', 'name', 'username', 'custom_id']
  const name = names.map((field) => fields[field]).find((value) => typeof value === 'string')
  return typeof name === 'string' ? name : null
}

const NAME_FIELDS: { readonly [K in EntityKind]?: readonly string[] } = {
  targets: ['target'],
  acls: ['group'],
}
