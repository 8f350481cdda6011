import type { Change, EntityKind, EntityTypes, StoredEntity } from '../model/entity.ts'
import type { ReleaseStore, ReleaseTransaction } from './releases/release-store.ts'

/** Who changes the configuration, for the audit log. */
export interface ChangeAuthor {
  /** Name the caller authenticated as, or claims. */
  readonly actor: string
  readonly requestId: string
  readonly at: Date
}

export interface ListQuery {
  /** 1 … 1000. */
  readonly size: number
  /** Opaque position from a previous page, already decoded; null for the first page. */
  readonly after: string | null
  readonly tags: { readonly values: readonly string[]; readonly mode: 'all' | 'any' } | null
  /** Only entities whose foreign key `field` points at `id`. */
  readonly parent: { readonly field: string; readonly id: string } | null
  readonly order: 'oldest-first' | 'newest-first'
}

/**
 * Most bytes of JSON in a page, but that one row is always in it. A row may be a thousand times as long as another, so
 * that their number says little of what reading and sending them costs everybody else.
 */
export const MAX_PAGE_BYTES = 1024 * 1024

export interface Page<T> {
  /** As many as were asked for or, where they are long, as fit into MAX_PAGE_BYTES: at least one when there is any. */
  readonly rows: readonly T[]
  /** Position to ask the next page with; null on the last page. */
  readonly next: string | null
}

export interface StoreReader {
  get<K extends EntityKind>(kind: K, id: string): Promise<StoredEntity<K> | null>
  /**
   * The entity whose unique fields have these values (all of one `unique` set of its definition).
   * A foreign key is given by its id: `{ upstream: '…', target: '10.0.0.1:80' }`.
   * Fields that are no such set are a TypeError.
   */
  find<K extends EntityKind>(
    kind: K,
    fields: Readonly<Record<string, string>>,
  ): Promise<StoredEntity<K> | null>
  list<K extends EntityKind>(kind: K, query: ListQuery): Promise<Page<StoredEntity<K>>>
  /** How many entities of a kind there are. */
  count(kind: EntityKind): Promise<number>
}

/**
 * Reads inside a transaction see its own writes. Violations throw GatewayError: `unique_violation`,
 * `primary_key_violation`, `foreign_key_violation` (points at nothing, or is still pointed at).
 * After an error the transaction can only end, even when the error is caught.
 */
export interface StoreTransaction extends StoreReader {
  /** Releases: what is written of them is no change of the configuration, and stands or falls with this transaction. */
  readonly releases: ReleaseTransaction
  insert<K extends EntityKind>(row: StoredEntity<K>): Promise<void>
  /** Throws `not_found` when there is nothing to replace. */
  replace<K extends EntityKind>(row: StoredEntity<K>): Promise<void>
  /** Deletes with everything that cascades; false when there was nothing. */
  remove(kind: EntityKind, id: string): Promise<boolean>
}

export interface Committed<T> {
  readonly result: T
  /** Configuration version after the transaction; unchanged when nothing changed. */
  readonly version: number
  readonly changes: readonly Change[]
}

export interface AuditQuery {
  readonly size: number
  readonly after: string | null
  readonly entity: { readonly kind: string; readonly id: string | null } | null
  readonly actor: string | null
}

/** One change of one entity, as the audit log keeps it: secrets are blotted out. */
export interface AuditRecord {
  readonly sequence: number
  readonly at: Date
  readonly actor: string
  readonly requestId: string
  readonly version: number
  readonly action: 'create' | 'update' | 'delete'
  readonly kind: EntityKind
  readonly entityId: string
  readonly before: EntityTypes[EntityKind] | null
  readonly after: EntityTypes[EntityKind] | null
}

export interface TagQuery {
  /** 1 … 1000. */
  readonly size: number
  /** Opaque position from a previous page, already decoded; null for the first page. */
  readonly after: string | null
  /** Only entities with this tag; null for every tag of every entity. */
  readonly tag: string | null
}

/** Versions of the configuration in which an entity was created and last changed. */
export interface Versions {
  readonly created: number
  readonly modified: number
}

/** One tag of one entity. */
export interface TagRow {
  readonly kind: EntityKind
  readonly entityId: string
  readonly tag: string
}

/** The contract that SQLite and PostgreSQL fulfil. Nothing outside store/ knows which is in use. */
export interface Store extends StoreReader {
  readonly releases: ReleaseStore
  /** Name of the database behind it, for people to read. */
  readonly database: string
  /** Everything, to build the first snapshot. */
  load(): Promise<{ version: number; rows: readonly StoredEntity[] }>
  /**
   * Runs `work` in one transaction with a new configuration version and one audit row per changed entity.
   * `beforeCommit` sees the changes while they can still be refused: when it throws or rejects, nothing is stored.
   * It is called exactly once before every commit, also with no changes and the version as it was.
   * Several writes to one entity are one change, and none when it ends as it began.
   * Transactions run one after the other. `work` reads and writes through its transaction only.
   * Throws what `work` and `beforeCommit` throw, `database_unavailable` and `database_error`.
   */
  change<T>(
    author: ChangeAuthor,
    work: (transaction: StoreTransaction) => Promise<T>,
    beforeCommit: (changes: readonly Change[], version: number) => void | Promise<void>,
  ): Promise<Committed<T>>
  /** By kind, entity and tag. */
  tags(query: TagQuery): Promise<Page<TagRow>>
  /** Newest first. */
  audit(query: AuditQuery): Promise<Page<AuditRecord>>
  /** By id, of those of the entities that the audit log knows. */
  versionsOf(kind: EntityKind, ids: readonly string[]): Promise<ReadonlyMap<string, Versions>>
  /** UUID of the node whose database this is, made with the database and never changed. */
  nodeId(): Promise<string>
  /** True when the database answers. */
  isReachable(): Promise<boolean>
  /** Waits for what is under way; every later call but this one throws `database_unavailable`. */
  close(): Promise<void>
}
