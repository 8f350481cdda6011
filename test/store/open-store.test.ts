import { expect, it } from 'vitest'
import { openStore } from '../../src/store/open-store.ts'

it.each(['postgres://anna:secret@db/canary', 'postgresql://db/canary'])(
  'says that PostgreSQL is not available, without repeating the address: %s',
  async (url) => {
    const error = await openStore(url).catch((reason) => reason)
    expect(error).toMatchObject({ code: 'invalid_setting', details: [{ path: ['database'] }] })
    expect(error.message).toContain('PostgreSQL')
    expect(error.message).toContain('sqlite:./data/canary.db')
    expect(error.message).not.toContain('secret')
  },
)

it.each(['', 'canary.db', './data/canary.db', 'mysql://db/canary', 'sqlite:'])(
  'refuses %o as an address',
  async (url) => {
    await expect(openStore(url)).rejects.toMatchObject({ code: 'invalid_setting' })
  },
)

it('repeats no password of an address that it does not know', async () => {
  const error = await openStore('mysql://anna:secret@db/canary').catch((reason) => reason)
  expect(error.message).toContain("'mysql://***@db/canary'")
})
