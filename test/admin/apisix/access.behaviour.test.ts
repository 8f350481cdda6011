import { afterEach, expect, it } from 'vitest'
import { type ApisixAdmin, startApisixAdmin } from './apisix-admin.ts'

let admin: ApisixAdmin
afterEach(() => admin.close())

const asked = (headers: Readonly<Record<string, string>>) =>
  admin.apisix('GET', '/upstreams', undefined, { headers })

it('takes the admin token as X-API-KEY, and says what is wrong without it', async () => {
  admin = await startApisixAdmin({ adminToken: 'edd1c9f034335f136f87ad84b625c8f1' })
  expect(await asked({})).toMatchObject({
    status: 401,
    json: { error_msg: 'failed to check token', description: 'missing apikey' },
  })
  expect(await asked({ 'x-api-key': 'wrong' })).toMatchObject({
    status: 401,
    json: { error_msg: 'failed to check token', description: 'wrong apikey' },
  })
  expect((await asked({ 'x-api-key': 'edd1c9f034335f136f87ad84b625c8f1' })).status).toBe(200)
  const inUrl = await admin.apisix('GET', '/upstreams?api_key=edd1c9f034335f136f87ad84b625c8f1')
  expect(inUrl.status).toBe(401)
})

it('ignores any key where none is set, and keeps web pages of others out', async () => {
  admin = await startApisixAdmin()
  expect((await asked({ 'x-api-key': 'anything' })).status).toBe(200)
  const foreign = await asked({ origin: 'https://evil.test' })
  expect([foreign.status, foreign.json.error_msg]).toEqual([
    403,
    expect.stringContaining('evil.test'),
  ])
})
