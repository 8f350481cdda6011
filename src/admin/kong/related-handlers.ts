import type { Request, RequestHandler } from 'express'
import { refuseField } from '../../configuration/refuse-field.ts'
import type { EntityKind, ForeignKey, StoredEntity } from '../../model/entity.ts'
import { BAD_UUID } from '../../model/kong-messages.ts'
import { isUuid } from '../../model/uuid.ts'
import type { StoreReader, StoreTransaction } from '../../store/store.ts'
import { parseBody } from '../body/parse-body.ts'
import { readFields } from '../body/read-fields.ts'
import { exchangeOf } from '../exchange.ts'
import { sendJson } from '../reply.ts'
import { pathParameter } from '../request-target.ts'
import { findItem, notFound } from '../resource/place.ts'
import { withChildNames } from '../resource/read-child-names.ts'
import type { Write } from '../resource/write.ts'
import type { WriteStep } from '../resource/write-child-names.ts'
import { patchEntity } from '../resource/write-entity.ts'
import type { Handlers } from '../serve-path.ts'
import { type EntityDependencies, WRITE_STEPS } from './entity-handlers.ts'

/** `/routes/{r}/service`: `field` of an entity of `childKind`, which points at an entity of `kind`. */
export interface Related {
  readonly childKind: EntityKind
  readonly field: string
  readonly kind: EntityKind
}

/**
 * GET, PUT and PATCH of the entity that another one points at. When it points at nothing, PUT creates what it shall
 * point at, and the others answer 404. Source: Kong Gateway 3.9, foreign key endpoints of the Admin API.
 */
export function relatedHandlers(dependencies: EntityDependencies, related: Related): Handlers {
  const { store } = dependencies
  return {
    GET: async (request, response) => {
      const { reference } = await findChild(store, related, request)
      const found = reference === null ? null : await store.get(related.kind, reference.id)
      if (found === null) throw notFound()
      sendJson(response, 200, await withChildNames(store, related.kind, found.entity))
    },
    PUT: writeHandler(dependencies, related, async (transaction, write, child) => {
      if (child.reference !== null) {
        return WRITE_STEPS.put(transaction, write, child.reference.id)
      }
      return createRelated(transaction, write, { ...related, child: child.stored })
    }),
    PATCH: writeHandler(dependencies, related, async (transaction, write, { reference }) => {
      if (reference === null) throw notFound()
      return WRITE_STEPS.patch(transaction, write, reference.id)
    }),
  }
}

interface Child {
  readonly stored: StoredEntity
  /** What it points at. */
  readonly reference: ForeignKey | null
}

/** Writes what an entity points at, all in one transaction. */
function writeHandler(
  { transact, draws, sealBody }: EntityDependencies,
  related: Related,
  step: (transaction: StoreTransaction, write: Write, child: Child) => ReturnType<WriteStep>,
): RequestHandler {
  return async (request, response) => {
    const { author, receivedAtMs } = exchangeOf(response)
    const body = await sealBody(await parseBody(request), related.kind)
    const place = { kind: related.kind, parent: null }
    const entity = await transact(author, async (transaction) => {
      const child = await findChild(transaction, related, request)
      return step(transaction, { place, body, nowMs: receivedAtMs, draws }, child)
    })
    sendJson(response, 200, entity)
  }
}

/** The entity with the id of the body or a new one, and the child pointing at it. */
async function createRelated(
  transaction: StoreTransaction,
  write: Write,
  { kind, childKind, field, child }: Related & { readonly child: StoredEntity },
): ReturnType<WriteStep> {
  const id = readFields(write.body, kind, null).id ?? write.draws.uuid()
  if (!isUuid(id)) throw refuseField('id', BAD_UUID)
  const entity = await WRITE_STEPS.put(transaction, write, id)
  const place = { kind: childKind, parent: null }
  const body = { type: 'json', fields: { [field]: { id } } } as const
  await patchEntity(transaction, { ...write, place, body }, child.entity.id)
  return entity
}

/** The entity that the path starts with. Fails with not_found. */
async function findChild(
  reader: StoreReader,
  { childKind, field }: Related,
  request: Request,
): Promise<Child> {
  const key = pathParameter(request, 'child')
  const stored = await findItem(reader, { kind: childKind, parent: null }, key)
  if (stored === null) throw notFound()
  const fields = stored.entity as unknown as Readonly<Record<string, unknown>>
  return { stored, reference: (fields[field] ?? null) as ForeignKey | null }
}
