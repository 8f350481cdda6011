import { type Area, put } from './conformance.ts'
import { refused, row, type Table, taken } from './field-tables.ts'
import { SPEC } from './sources.ts'
import { ID, wrongEntity } from './values.ts'

const CONSUMERS: Table = {
  name: 'consumer',
  path: '/consumers',
  source: SPEC.consumerSchema,
  base: {},
}

const NO_NAME = "at least one of these fields must be non-empty: 'custom_id', 'username'"

const BOB = [put(`/consumers/${ID.a}`, { username: 'bob' })]

/** Fields of a consumer and of what belongs to it: rules, defaults and messages. */
export const CONSUMER_FIELDS: Area = {
  name: 'consumer-fields',
  title: 'Admin API: fields of a consumer, its groups and its keys',
  rows: [
    ...refused(CONSUMERS, [
      ['username-type', { username: 5 }, 'username', 'expected a string'],
      ['custom-id-type', { username: 'bob', custom_id: 5 }, 'custom_id', 'expected a string'],
      ['username-empty', { username: '' }, 'username', 'length must be at least 1'],
      ['unknown', { username: 'bob', foo: 'x' }, 'foo', 'unknown field'],
    ]),
    row(CONSUMERS, 'nothing', 'A consumer has a username or a custom_id', {
      input: {},
      expect: wrongEntity(NO_NAME),
    }),
    row(CONSUMERS, 'nulls', 'Null is neither a username nor a custom_id', {
      input: { username: null, custom_id: null },
      expect: wrongEntity(NO_NAME),
    }),
    ...taken(CONSUMERS, [
      ['username', { username: 'bob' }, { custom_id: null, tags: null }],
      ['custom-id', { custom_id: 'c1' }, { username: null }],
      ['both', { username: 'bob', custom_id: 'c1' }],
      ['symbols', { username: 'a b/c,d&e' }],
    ]),
    ...refused(
      { name: 'acl', path: '/consumers/bob/acls', source: SPEC.aclApi, base: {}, given: BOB },
      [
        ['group-null', { group: null }, 'group', 'required field missing'],
        ['group-type', { group: 5 }, 'group', 'expected a string'],
        ['unknown', { group: 'x', foo: 'x' }, 'foo', 'unknown field'],
      ],
    ),
    ...refused(
      {
        name: 'key-auth',
        path: '/consumers/bob/key-auth',
        source: SPEC.keyAuthApi,
        base: {},
        given: BOB,
      },
      [
        ['key-type', { key: 5 }, 'key', 'expected a string'],
        ['key-empty', { key: '' }, 'key', 'length must be at least 1'],
        ['ttl-low', { ttl: -1 }, 'ttl', 'value should be between 0 and 100000000'],
        ['ttl-high', { ttl: 100000001 }, 'ttl', 'value should be between 0 and 100000000'],
        ['ttl-type', { ttl: '10' }, 'ttl', 'expected an integer'],
      ],
    ),
  ],
}
