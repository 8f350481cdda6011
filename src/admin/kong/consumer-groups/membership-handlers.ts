import type { Request } from 'express'
import type { Page, StoreReader } from '../../../store/store.ts'
import { parseBody } from '../../body/parse-body.ts'
import { readNameList } from '../../body/read-name-list.ts'
import { exchangeOf } from '../../exchange.ts'
import { pageBody, readOffset, readSize } from '../../paging.ts'
import { sendJson, sendNothing } from '../../reply.ts'
import { pathOf, pathParameter, queryOf } from '../../request-target.ts'
import {
  addMember,
  allMembers,
  type Member,
  type MembershipSide,
  type Memberships,
  memberPage,
  removeAllMembers,
  removeMember,
} from '../../resource/memberships.ts'
import { findItem, notFound } from '../../resource/place.ts'
import type { Handlers } from '../../serve-path.ts'
import type { EntityDependencies } from '../entity-handlers.ts'

/** `/consumer_groups/{g}/consumers` or, the other way round, `/consumers/{c}/consumer_groups`. */
export interface MembershipEndpoint {
  readonly owner: MembershipSide
  readonly member: MembershipSide
  /** Field of a body that names the new member. */
  readonly bodyField: 'consumer' | 'group'
  /** Where the list stands besides `data`, as it did before Kong 3.5; null for nowhere else. */
  readonly formerField: string | null
}

/**
 * GET (a page when `size` asks for one, otherwise all: decK reads no further pages here), POST and DELETE (all) of the
 * members of one group, or of the groups of one consumer. Source: Kong Gateway Enterprise, Consumer Groups reference.
 */
export function membershipHandlers(
  { store, transact, draws }: EntityDependencies,
  endpoint: MembershipEndpoint,
): Handlers {
  const { owner, member, bodyField, formerField } = endpoint
  return {
    GET: async (request, response) => {
      const { memberships } = await findOwner(store, endpoint, request)
      const query = queryOf(request)
      const page: Page<Member> = query.has('size')
        ? await memberPage(store, memberships, { size: readSize(query), after: readOffset(query) })
        : { rows: await allMembers(store, memberships), next: null }
      sendJson(response, 200, {
        ...pageBody(page, { path: pathOf(request), query, keep: ['size'] }),
        ...(formerField === null ? {} : { [formerField]: page.rows }),
      })
    },
    POST: async (request, response) => {
      const { author, receivedAtMs: nowMs } = exchangeOf(response)
      const keys = readNameList(await parseBody(request), bodyField)
      const answer = await transact(author, async (transaction) => {
        const { memberships, entity } = await findOwner(transaction, endpoint, request)
        const added: Member[] = []
        for (const key of keys) {
          added.push(...(await addMember(transaction, memberships, { key, nowMs, draws })))
        }
        return { [owner.field]: entity, [member.kind]: added }
      })
      sendJson(response, 201, answer)
    },
    DELETE: async (request, response) => {
      await transact(exchangeOf(response).author, async (transaction) => {
        const { memberships } = await findOwner(transaction, endpoint, request)
        await removeAllMembers(transaction, memberships)
      })
      sendNothing(response)
    },
  }
}

/** DELETE of one membership; 404 when there is none. */
export function membershipItemHandlers(
  { transact }: EntityDependencies,
  endpoint: MembershipEndpoint,
): Handlers {
  return {
    DELETE: async (request, response) => {
      const isRemoved = await transact(exchangeOf(response).author, async (transaction) => {
        const { memberships } = await findOwner(transaction, endpoint, request)
        return removeMember(transaction, memberships, pathParameter(request, 'item'))
      })
      if (!isRemoved) throw notFound()
      sendNothing(response)
    },
  }
}

/** The group or consumer that the path starts with. Fails with not_found. */
async function findOwner(
  reader: StoreReader,
  { owner, member }: MembershipEndpoint,
  request: Request,
): Promise<{ readonly memberships: Memberships; readonly entity: Member }> {
  const key = pathParameter(request, 'parent')
  const found = await findItem(reader, { kind: owner.kind, parent: null }, key)
  if (found === null) throw notFound()
  const entity = found.entity as Member
  return { memberships: { owner, ownerId: entity.id, member }, entity }
}
