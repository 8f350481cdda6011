import type { Transact } from '../../configuration/transact.ts'
import type { EntityKind } from '../../model/entity.ts'
import { GatewayError } from '../../model/errors.ts'
import type { StoreTransaction } from '../../store/store.ts'

/**
 * For a gateway whose configuration is a file: every write of an entity fails with operation_unsupported, after all that
 * is wrong with it has been told. Source: Kong Gateway 3.9, strategy `off`.
 */
export function withoutWrites(transact: Transact): Transact {
  return (author, work) =>
    transact(author, (transaction, turn) => work(readOnly(transaction), turn))
}

function readOnly(transaction: StoreTransaction): StoreTransaction {
  return {
    releases: transaction.releases,
    get: (kind, id) => transaction.get(kind, id),
    find: (kind, fields) => transaction.find(kind, fields),
    list: (kind, query) => transaction.list(kind, query),
    count: (kind) => transaction.count(kind),
    insert: async ({ kind }) => refuse('create', kind),
    replace: async ({ kind }) => refuse('update', kind),
    remove: async (kind) => refuse('remove', kind),
  }
}

function refuse(operation: string, kind: EntityKind): never {
  const message = `cannot ${operation} '${kind}' entities when not using a database`
  throw new GatewayError('operation_unsupported', message)
}
