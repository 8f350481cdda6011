import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Admin, startAdmin } from './admin-harness.ts'

let admin: Admin
let id: string
beforeEach(async () => {
  admin = await startAdmin()
  id = (await admin.call('PUT', '/consumers/anna')).json.id
})
afterEach(() => admin.close())

describe('a reference with a name beside the id', () => {
  it('counts by its id, and only that is kept', async () => {
    const path = `/consumers/${id}/acls/00000000-0000-4000-8000-000000000001`
    const json = { group: 'staff', consumer: { id, username: 'anna' } }
    const { status, json: acl } = await admin.call('PUT', path, { json })
    expect([status, acl.consumer]).toEqual([200, { id }])
  })

  it('is refused for an id that leads nowhere, whatever the name', async () => {
    const gone = '00000000-0000-4000-8000-000000000009'
    const consumer = { id: gone, username: 'anna' }
    const refused = await admin.call('POST', '/acls', { json: { group: 'staff', consumer } })
    expect([refused.status, refused.json.code]).toEqual([400, 4])
  })

  it('is refused with any other field', async () => {
    const consumer = { id, nickname: 'anna' }
    const refused = await admin.call('POST', '/acls', { json: { group: 'staff', consumer } })
    expect(refused.json.fields).toEqual({ consumer: { nickname: 'unknown field' } })
  })

  it('leaves a reference alone that a change does not name', async () => {
    const { json: acl } = await admin.call('POST', `/consumers/${id}/acls`, {
      json: { group: 'a' },
    })
    const changed = await admin.call('PATCH', `/acls/${acl.id}`, { json: { group: 'b' } })
    expect(changed.json).toEqual({ ...acl, group: 'b' })
  })
})
