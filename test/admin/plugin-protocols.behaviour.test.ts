import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Admin, startAdmin } from './admin-harness.ts'

let admin: Admin
beforeEach(async () => {
  admin = await startAdmin()
  await admin.call('POST', '/services', { json: { name: 'shop', host: 'a.test' } })
})
afterEach(() => admin.close())

const addRoute = (name: string, protocols: string[]) =>
  admin.call('POST', '/services/shop/routes', { json: { name, protocols, hosts: ['a.test'] } })
const addPlugin = (path: string, protocols: string[]) =>
  admin.call('POST', path, { json: { name: 'key-auth', protocols } })

it('refuses a plugin that shares no protocol with its route, when it is made and when it is changed', async () => {
  await addRoute('web', ['http', 'https'])
  const message = "must match the associated route's protocols"
  const refused = await addPlugin('/routes/web/plugins', ['grpc'])
  expect([refused.status, refused.json.fields]).toEqual([400, { protocols: message }])
  const { json } = await addPlugin('/routes/web/plugins', ['grpc', 'https'])
  const changed = await admin.call('PATCH', `/plugins/${json.id}`, {
    json: { protocols: ['grpc'] },
  })
  expect(changed.json).toMatchObject({ message: `schema violation (protocols: ${message})` })
  expect((await admin.call('GET', `/plugins/${json.id}`)).json.protocols).toEqual(['grpc', 'https'])
})

it('refuses a plugin that shares no protocol with any route of its service', async () => {
  await addRoute('web', ['https'])
  const refused = await addPlugin('/services/shop/plugins', ['http', 'grpc'])
  expect([refused.status, refused.json.fields]).toEqual([
    400,
    {
      protocols: "must match the protocols of at least one route pointing to this Plugin's service",
    },
  ])
  await addRoute('plain', ['http'])
  expect((await addPlugin('/services/shop/plugins', ['http', 'grpc'])).status).toBe(201)
})

it('takes any protocols for a service without routes and for all services', async () => {
  expect((await addPlugin('/services/shop/plugins', ['grpc'])).status).toBe(201)
  expect((await addPlugin('/plugins', ['grpc'])).status).toBe(201)
})

it('leaves it to the references to say that a route does not exist', async () => {
  const id = '11111111-2222-4333-8444-555555555555'
  const refused = await admin.call('POST', '/plugins', {
    json: { name: 'key-auth', protocols: ['grpc'], route: { id } },
  })
  expect(refused.json.fields).toEqual({ route: { id } })
})
