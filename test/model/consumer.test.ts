import { describe, expect, test } from 'vitest'
import { KEY_AUTH_CREDENTIAL_DEFINITION } from '../../src/model/key-auth-credential.ts'
import { parseEntity } from '../../src/model/validate.ts'
import { failure, OTHER_ID, parse, problems, SOME_ID, STAMPS } from './entity-input.ts'

const consumer = { id: OTHER_ID }

describe('consumer', () => {
  test('needs a username or a custom_id', () => {
    const message = "at least one of these fields must be non-empty: 'custom_id', 'username'"
    expect(problems('consumers', {})).toEqual({ '@entity': message })
    expect(problems('consumers', { username: null, custom_id: null })).toEqual({
      '@entity': message,
    })
    expect(parse('consumers', { custom_id: '7' })).toMatchObject({
      username: null,
      custom_id: '7',
      tags: null,
    })
  })

  test('an update is told that it is one', () => {
    const update = failure(() =>
      parseEntity('consumers', { ...STAMPS, updated_at: 1 }, { isUpdate: true }),
    )
    expect(update?.message).toBe(
      "schema violation (when updating, at least one of these fields must be non-empty: 'custom_id', 'username')",
    )
  })

  test('an empty or unprintable username is refused, an unusual one is not', () => {
    expect(problems('consumers', { username: '' })).toMatchObject({
      username: 'length must be at least 1',
    })
    expect(problems('consumers', { username: 'a\r\nX-Admin: 1' })).toEqual({
      username: 'invalid value: must not contain control characters or unpaired surrogates',
    })
    expect(parse('consumers', { username: 'Ænne / Ops, 2' }).username).toBe('Ænne / Ops, 2')
  })
})

describe('ACL group', () => {
  test('needs a consumer and a group and is never updated', () => {
    expect(problems('acls', {})).toEqual({
      consumer: 'required field missing',
      group: 'required field missing',
    })
    expect(parse('acls', { consumer, group: 'testers' })).toEqual({
      id: SOME_ID,
      created_at: 1700000000,
      consumer,
      group: 'testers',
      tags: null,
    })
  })
})

describe('key-auth credential', () => {
  const draws = { uuid: () => '0c8e9a4e-7a6f-4b7d-9a3e-3f1c2d4b5a69', nextInCycle: () => 0 }

  test('gets a random key of 32 characters when none is given', () => {
    const generate = KEY_AUTH_CREDENTIAL_DEFINITION.generate
    const key = '0c8e9a4e7a6f4b7d9a3e3f1c2d4b5a69'
    expect(generate?.({ consumer }, draws)).toEqual({ consumer, key })
    expect(generate?.({ consumer, key: null }, draws)).toEqual({ consumer, key })
    expect(generate?.({ consumer, key: 'mine' }, draws)).toEqual({ consumer, key: 'mine' })
  })

  test('has a key, and a ttl only when asked for', () => {
    expect(parse('keyauth_credentials', { consumer, key: 'k1' })).toMatchObject({
      key: 'k1',
      ttl: null,
      tags: null,
    })
    expect(problems('keyauth_credentials', { consumer, ttl: -1 })).toEqual({
      key: 'required field missing',
      ttl: 'value should be between 0 and 100000000',
    })
  })
})
