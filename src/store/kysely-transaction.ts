import type { Kysely } from 'kysely'
import { ENTITY_DEFINITIONS } from '../model/entities.ts'
import type { EntityKind, StoredEntity } from '../model/entity.ts'
import type { ChangeCollector } from './change-collector.ts'
import type { Database } from './database.ts'
import { countEntities, findEntity, getEntity, listEntities } from './entity-queries.ts'
import { type IndexRows, toEntityRow, toIndexRows } from './entity-rows.ts'
import { KyselyReleaseTransaction } from './releases/kysely-release-transaction.ts'
import type { ReleaseTransaction } from './releases/release-store.ts'
import { statementBatches } from './statement-batches.ts'
import type { ListQuery, Page, StoreTransaction } from './store.ts'
import {
  missingEntity,
  missingParent,
  primaryKeyViolation,
  stillListed,
  stillReferenced,
  uniqueViolation,
} from './violations.ts'

export interface TransactionParts {
  /** Bound to the open transaction. */
  readonly db: Kysely<Database>
  readonly collector: ChangeCollector
  /** Last `entities.sequence` before this transaction. */
  readonly lastSequence: number
  /** Of the call that writes. */
  readonly requestId: string
  /** What to throw in place of an error of a query. */
  readonly translateError: (error: unknown) => unknown
}

/**
 * The writes of one transaction. After an error it can only end: each further call and the commit
 * throw that error again, so a caller that catches it cannot store a part of what it meant to.
 */
export class KyselyTransaction implements StoreTransaction {
  readonly releases: ReleaseTransaction
  readonly #db: Kysely<Database>
  readonly #collector: ChangeCollector
  readonly #translateError: (error: unknown) => unknown
  #lastSequence: number
  #failure: { readonly error: unknown } | null = null

  constructor(parts: TransactionParts) {
    this.#db = parts.db
    this.#collector = parts.collector
    this.#lastSequence = parts.lastSequence
    this.#translateError = parts.translateError
    this.releases = new KyselyReleaseTransaction({
      db: parts.db,
      requestId: parts.requestId,
      attempt: (operation) => this.#attempt(operation),
    })
  }

  /** Last `entities.sequence` handed out so far. */
  get lastSequence(): number {
    return this.#lastSequence
  }

  /** Throws the error that ended this transaction, if one did. */
  throwIfFailed(): void {
    if (this.#failure !== null) throw this.#failure.error
  }

  async get<K extends EntityKind>(kind: K, id: string): Promise<StoredEntity<K> | null> {
    return this.#attempt(() => getEntity(this.#db, kind, id))
  }

  async find<K extends EntityKind>(
    kind: K,
    fields: Readonly<Record<string, string>>,
  ): Promise<StoredEntity<K> | null> {
    return this.#attempt(() => findEntity(this.#db, kind, fields))
  }

  async list<K extends EntityKind>(kind: K, query: ListQuery): Promise<Page<StoredEntity<K>>> {
    return this.#attempt(() => listEntities(this.#db, kind, query))
  }

  async count(kind: EntityKind): Promise<number> {
    return this.#attempt(() => countEntities(this.#db, kind))
  }

  async insert<K extends EntityKind>(row: StoredEntity<K>): Promise<void> {
    await this.#attempt(async () => {
      const index = toIndexRows(row)
      await this.#requireParents(index)
      const inserted = await this.#db
        .insertInto('entities')
        .values(toEntityRow(row, this.#lastSequence + 1))
        .onConflict((conflict) => conflict.columns(['kind', 'id']).doNothing())
        .executeTakeFirstOrThrow()
      if (inserted.numInsertedOrUpdatedRows === 0n) throw primaryKeyViolation(row.entity.id)
      this.#lastSequence += 1
      await this.#insertIndex(row, index)
      this.#collector.record(row.kind, row.entity.id, { before: null, after: row })
    })
  }

  async replace<K extends EntityKind>(row: StoredEntity<K>): Promise<void> {
    await this.#attempt(async () => {
      const { kind } = row
      const { id } = row.entity
      const before = await getEntity(this.#db, kind, id)
      if (before === null) throw missingEntity(kind, id)
      const { body, internals } = toEntityRow(row, 0)
      await this.#db
        .updateTable('entities')
        .set({ body, internals })
        .where('kind', '=', kind)
        .where('id', '=', id)
        .execute()
      await this.#replaceIndex(before, row)
      this.#collector.record(kind, id, { before, after: row })
    })
  }

  async remove(kind: EntityKind, id: string): Promise<boolean> {
    return this.#attempt(async () => {
      const row = await getEntity(this.#db, kind, id)
      if (row === null) return false
      const doomed = new Map<string, StoredEntity>()
      await this.#collectRemovals(row, doomed)
      for (const { kind, entity } of doomed.values()) {
        // Its rows in the other tables go with it: their foreign keys cascade.
        await this.#db
          .deleteFrom('entities')
          .where('kind', '=', kind)
          .where('id', '=', entity.id)
          .execute()
      }
      for (const before of doomed.values()) {
        this.#collector.record(before.kind, before.entity.id, { before, after: null })
      }
      return true
    })
  }

  async #attempt<T>(operation: () => Promise<T>): Promise<T> {
    this.throwIfFailed()
    try {
      return await operation()
    } catch (cause) {
      const error = this.#translateError(cause)
      this.#failure = { error }
      throw error
    }
  }

  async #requireParents(index: IndexRows): Promise<void> {
    for (const ref of index.refs) {
      const parent = await this.#db
        .selectFrom('entities')
        .select('id')
        .where('kind', '=', ref.to_kind)
        .where('id', '=', ref.to_id)
        .executeTakeFirst()
      if (parent === undefined) throw missingParent(ref.field, ref.to_kind, ref.to_id)
    }
  }

  async #insertIndex(row: StoredEntity, index: IndexRows): Promise<void> {
    // One by one, so that the set that is violated is known.
    for (const unique of index.unique) {
      const inserted = await this.#db
        .insertInto('entity_unique')
        .values(unique)
        .onConflict((conflict) => conflict.columns(['kind', 'fields', 'value']).doNothing())
        .executeTakeFirstOrThrow()
      if (inserted.numInsertedOrUpdatedRows === 0n) {
        throw uniqueViolation(row, unique.fields.split(','))
      }
    }
    for (const batch of statementBatches(index.refs)) {
      await this.#db.insertInto('entity_refs').values(batch).execute()
    }
    for (const batch of statementBatches(index.tags)) {
      await this.#db.insertInto('entity_tags').values(batch).execute()
    }
  }

  /** Most updates touch neither name, reference nor tag; then there is nothing to do. */
  async #replaceIndex(before: StoredEntity, after: StoredEntity): Promise<void> {
    const index = toIndexRows(after)
    if (JSON.stringify(toIndexRows(before)) === JSON.stringify(index)) return
    await this.#requireParents(index)
    const { kind } = after
    const { id } = after.entity
    const db = this.#db
    await db
      .deleteFrom('entity_unique')
      .where('kind', '=', kind)
      .where('entity_id', '=', id)
      .execute()
    await db
      .deleteFrom('entity_refs')
      .where('from_kind', '=', kind)
      .where('from_id', '=', id)
      .execute()
    await db
      .deleteFrom('entity_tags')
      .where('kind', '=', kind)
      .where('entity_id', '=', id)
      .execute()
    await this.#insertIndex(after, index)
  }

  /** Adds the entity and all that its deletion takes along, children first. Throws when one refuses. */
  async #collectRemovals(row: StoredEntity, doomed: Map<string, StoredEntity>): Promise<void> {
    const { kind } = row
    const { id } = row.entity
    const refs = await this.#db
      .selectFrom('entity_refs')
      .select(['from_kind', 'from_id', 'field'])
      .where('to_kind', '=', kind)
      .where('to_id', '=', id)
      .execute()
    for (const ref of refs) {
      const childKind = ref.from_kind as EntityKind
      const { foreignKeys, cascadingReferences = [] } = ENTITY_DEFINITIONS[childKind]
      const rule = foreignKeys[ref.field]
      if (rule?.isList === true)
        throw stillListed({ kind, id }, { kind: childKind, id: ref.from_id })
      const cascades = rule?.onParentDelete === 'cascade' || cascadingReferences.includes(ref.field)
      if (!cascades) throw stillReferenced(kind, childKind)
      if (doomed.has(`${childKind}/${ref.from_id}`)) continue
      const child = await getEntity(this.#db, childKind, ref.from_id)
      if (child !== null) await this.#collectRemovals(child, doomed)
    }
    doomed.set(`${kind}/${id}`, row)
  }
}
