import { describe, expect, test } from 'vitest'
import { BASIC_AUTH_CREDENTIAL_DEFINITION } from '../../src/model/basic-auth-credential.ts'
import { isPasswordHash, verifyPassword } from '../../src/model/password-hash.ts'
import { OTHER_ID, parse, problems, SOME_ID } from './entity-input.ts'

const consumer = { id: OTHER_ID }
const draws = { uuid: () => SOME_ID, nextInCycle: () => 0 }
const seal = (input: Record<string, unknown>) =>
  BASIC_AUTH_CREDENTIAL_DEFINITION.seal?.(input, draws)

describe('basic-auth credential', () => {
  test('has the fields of Kong', () => {
    expect(parse('basicauth_credentials', { consumer, username: 'anna', password: 'p' })).toEqual({
      id: SOME_ID,
      created_at: 1700000000,
      consumer,
      username: 'anna',
      password: 'p',
      tags: null,
    })
    expect(problems('basicauth_credentials', {})).toEqual({
      consumer: 'required field missing',
      username: 'required field missing',
      password: 'required field missing',
    })
  })

  test('has a username that fits into an Authorization field', () => {
    const problemsOf = (username: string) =>
      problems('basicauth_credentials', { consumer, username, password: 'p' })
    expect(problemsOf('a:b')).toEqual({ username: 'invalid value: must not contain a colon' })
    expect(problemsOf('a\r\nb')).toHaveProperty('username')
    expect(problemsOf('Zoë B')).toEqual({})
  })

  test('seals a password with a salt of its own', async () => {
    const sealed = await seal({ consumer, username: 'anna', password: 'p' })
    expect(sealed).toMatchObject({ consumer, username: 'anna' })
    const stored = String(sealed?.password)
    expect(isPasswordHash(stored)).toBe(true)
    expect(await verifyPassword('p', stored)).toBe(true)
  })

  test('takes a sealed password as it is, so that what was read can be written', async () => {
    const sealed = await seal({ password: 'p' })
    expect(await seal({ ...sealed })).toEqual(sealed)
  })

  test.each([[{}], [{ password: null }], [{ password: '' }], [{ password: 7 }]])(
    'leaves %j for the schema to judge',
    async (input) => {
      expect(await seal(input)).toEqual(input)
    },
  )
})
