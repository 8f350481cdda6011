import type { ReleaseTables } from './releases/release-tables.ts'

/** The tables, as Kysely needs to know them. Every dialect has the same; docs/adr/0001 says why. */
export interface Database extends ReleaseTables {
  config_version: ConfigVersionTable
  entities: EntitiesTable
  entity_unique: EntityUniqueTable
  entity_refs: EntityRefsTable
  entity_tags: EntityTagsTable
  audit_log: AuditLogTable
  node: NodeTable
}

/** One row. Whoever changes the configuration writes it, so it also puts transactions in line. */
export interface ConfigVersionTable {
  id: number
  version: number
  /** Last `entities.sequence` and `audit_log.sequence` handed out. */
  entity_sequence: number
  audit_sequence: number
}

export interface EntitiesTable {
  kind: string
  id: string
  /** Order of creation, for lists and their pages; survives replacement. */
  sequence: number
  /** JSON of the entity and of its internals. */
  body: string
  internals: string
}

/** One row per entity and unique set; the primary key (kind, fields, value) keeps it unique. */
export interface EntityUniqueTable {
  kind: string
  /** Names of the set's fields, joined by commas. */
  fields: string
  /** JSON array of their values in that order; a foreign key counts by its id. */
  value: string
  entity_id: string
}

/** One row per foreign key that is set, several when it is a list. */
export interface EntityRefsTable {
  from_kind: string
  from_id: string
  field: string
  to_kind: string
  to_id: string
}

export interface EntityTagsTable {
  kind: string
  entity_id: string
  tag: string
}

/** One row. */
export interface NodeTable {
  /** UUID. */
  id: string
}

/** Append-only. */
export interface AuditLogTable {
  sequence: number
  /** Epoch milliseconds. */
  at: number
  actor: string
  request_id: string
  version: number
  action: string
  kind: string
  entity_id: string
  /** JSON of the entity without its secrets; null before creation and after deletion. */
  before: string | null
  after: string | null
}
