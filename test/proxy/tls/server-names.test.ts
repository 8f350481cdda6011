import { expect, test } from 'vitest'
import type { Change } from '../../../src/model/entity.ts'
import { advanceSnapshot, EMPTY_SNAPSHOT, type Snapshot } from '../../../src/model/snapshot.ts'
import {
  advanceServerNames,
  certificateIdOf,
  NO_SERVER_NAMES,
  type ServerNames,
} from '../../../src/proxy/tls/server-names.ts'
import { storedRow, uuid } from '../../support/store-rows.ts'

interface State {
  readonly snapshot: Snapshot
  readonly names: ServerNames
}

const EMPTY: State = { snapshot: EMPTY_SNAPSHOT, names: NO_SERVER_NAMES }

function sni(n: number, name: string, certificate: number): Change {
  const after = storedRow('snis', n, { name, certificate: { id: uuid(certificate) } })
  return { kind: 'snis', id: uuid(n), before: null, after }
}

function after({ snapshot, names }: State, ...changes: readonly Change[]): State {
  const next = advanceSnapshot(snapshot, changes, snapshot.version + 1)
  return { snapshot: next, names: advanceServerNames(names, next, changes) }
}

test.each([
  ['www.a.test', 1],
  ['shop.a.test', 2],
  ['www.b', 3],
  ['a.test', null],
  ['x.shop.a.test', null],
  ['www', null],
  ['', null],
  ['.', null],
  ['*.a.test', 2],
])('the certificate of %j is %s', (name, certificate) => {
  const { names } = after(
    EMPTY,
    sni(11, 'WWW.a.test', 1),
    sni(12, '*.a.test', 2),
    sni(13, 'www.*', 3),
  )
  expect(certificateIdOf(names, name)).toBe(certificate === null ? null : uuid(certificate))
})

test('changes of other kinds share the index', () => {
  const before = after(EMPTY, sni(11, 'a.test', 1))
  const route = storedRow('routes', 5, { paths: ['/'] })
  const change: Change = { kind: 'routes', id: uuid(5), before: null, after: route }
  expect(after(before, change).names).toBe(before.names)
})

test('a name may go from one SNI to another in one transaction, in any order', () => {
  const first = sni(11, 'a.test', 1)
  const before = after(EMPTY, first)
  const renamed = { ...sni(11, 'b.test', 1), before: first.after }
  const taken = sni(12, 'a.test', 2)
  for (const changes of [
    [renamed, taken],
    [taken, renamed],
  ]) {
    const { names } = after(before, ...changes)
    expect(certificateIdOf(names, 'a.test')).toBe(uuid(2))
    expect(certificateIdOf(names, 'b.test')).toBe(uuid(1))
  }
})
