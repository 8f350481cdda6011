import type { RequestHandler } from 'express'
import type { EntityKind } from '../../model/entity.ts'
import type { StoreReader } from '../../store/store.ts'
import { parseBody } from '../body/parse-body.ts'
import { exchangeOf } from '../exchange.ts'
import { sendJson } from '../reply.ts'
import { pathParameter } from '../request-target.ts'
import { findItem, notFound } from '../resource/place.ts'
import { withChildNames } from '../resource/read-child-names.ts'
import type { WriteStep } from '../resource/write-child-names.ts'
import type { Handlers } from '../serve-path.ts'
import { type EntityDependencies, WRITE_STEPS } from './entity-handlers.ts'

/** `/routes/{r}/service`: `field` of an entity of `childKind`, which points at an entity of `kind`. */
export interface Related {
  readonly childKind: EntityKind
  readonly field: string
  readonly kind: EntityKind
}

/** GET, PUT and PATCH of the entity that another one points at; 404 when it points at nothing. */
export function relatedHandlers(
  { store, transact, draws, sealBody }: EntityDependencies,
  related: Related,
): Handlers {
  const write = (step: WriteStep): RequestHandler => {
    return async (request, response) => {
      const { author, receivedAtMs } = exchangeOf(response)
      const body = await sealBody(await parseBody(request), related.kind)
      const place = { kind: related.kind, parent: null }
      const entity = await transact(author, async (transaction) => {
        const id = await relatedId(transaction, related, pathParameter(request, 'child'))
        return step(transaction, { place, body, nowMs: receivedAtMs, draws }, id)
      })
      sendJson(response, 200, entity)
    }
  }
  return {
    GET: async (request, response) => {
      const id = await relatedId(store, related, pathParameter(request, 'child'))
      const found = await store.get(related.kind, id)
      if (found === null) throw notFound()
      sendJson(response, 200, await withChildNames(store, related.kind, found.entity))
    },
    PUT: write(WRITE_STEPS.put),
    PATCH: write(WRITE_STEPS.patch),
  }
}

async function relatedId(
  reader: StoreReader,
  { childKind, field }: Related,
  key: string,
): Promise<string> {
  const child = await findItem(reader, { kind: childKind, parent: null }, key)
  const fields = child?.entity as unknown as Readonly<Record<string, unknown>> | undefined
  const reference = fields?.[field] as { readonly id: string } | null | undefined
  if (!reference) throw notFound()
  return reference.id
}
