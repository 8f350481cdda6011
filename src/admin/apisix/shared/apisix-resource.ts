import type { z } from 'zod'
import type { ApisixId } from '../../../model/apisix/apisix-id.ts'
import type { Draws } from '../../../model/draws.ts'
import type { Entity, EntityKind } from '../../../model/entity.ts'
import type { StoreTransaction } from '../../../store/store.ts'
import type { SealBody } from '../../resource/seal-body.ts'
import type { Method } from '../../serve-path.ts'
import type { ConfigurationView } from './configuration-view.ts'

/** A configuration as APISIX shows it. */
export type ApisixValue = Readonly<Record<string, unknown>>

/** One write: everything that it may use. */
export interface ApisixWrite {
  readonly transaction: StoreTransaction
  /** The configuration before it. */
  readonly view: ConfigurationView
  readonly nowMs: number
  readonly draws: Draws
}

/** A kind of configuration under /apisix/admin, and the entities that it stands for. */
export interface ApisixResource {
  /** As in the path: `consumer_groups`. */
  readonly segment: string
  /** As in messages: `consumer group`. */
  readonly word: string
  readonly kind: EntityKind
  readonly methods: readonly Method[]
  /** Field of the body that has the id. */
  readonly idField: 'id' | 'username'
  /** What a body may hold. */
  readonly schema: z.ZodType
  /** All that are shown, oldest first. */
  list(view: ConfigurationView): readonly Entity[]
  find(view: ConfigurationView, id: string): Entity | undefined
  idOf(entity: Entity): ApisixId
  project(view: ConfigurationView, entity: Entity): ApisixValue
  /**
   * Checks a body by itself and replaces what must not be stored as it is given. Fails with schema_violation.
   * The id is in it.
   */
  prepare(body: ApisixValue, sealBody: SealBody): Promise<ApisixValue>
  /** Stores what was prepared; gives the id of the entity. */
  write(write: ApisixWrite, id: ApisixId, body: ApisixValue): Promise<string>
  /** Why the entity cannot be deleted; null when it can. */
  usedBy(view: ConfigurationView, entity: Entity): string | null
}
