import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { listenAdmin } from '../../src/admin/listen.ts'
import { type Admin, startAdmin } from './admin-harness.ts'

/** Far beyond what a test may take: who waits for it has failed. */
const NEVER_MS = 60_000

let admin: Admin
let sockets: Socket[]
beforeEach(async () => {
  admin = await startAdmin()
  sockets = []
})
afterEach(async () => {
  for (const socket of sockets) socket.destroy()
  await admin.store.close()
})

async function connected(bytes = ''): Promise<Socket> {
  const socket = connect(admin.port, '127.0.0.1')
  sockets.push(socket)
  await once(socket, 'connect')
  if (bytes !== '') socket.write(bytes)
  return socket
}

const head = (method: string, more = '') =>
  `${method} /services HTTP/1.1\r\nHost: 127.0.0.1:${admin.port}\r\n${more}\r\n`
const headOf = (bytes: number) =>
  head(
    'POST',
    `Content-Type: application/json\r\nContent-Length: ${bytes}\r\nExpect: 100-continue\r\n`,
  )

/** The call has reached the server when this has come back. */
async function nextText(socket: Socket): Promise<string> {
  const [chunk] = await once(socket, 'data')
  return String(chunk)
}

it('does not wait for connections that have no call, used or not', async () => {
  await connected()
  const used = await connected(head('GET'))
  expect(await nextText(used)).toContain('HTTP/1.1 200')
  await connected('GET /serv')
  await admin.call('GET', '/')
  await admin.stopListening(NEVER_MS)
})

it('lets a call in progress finish, and its connection end with it', async () => {
  const body = '{"name":"shop","host":"a.test"}'
  const socket = await connected(headOf(body.length))
  expect(await nextText(socket)).toContain('100 Continue')
  const stopped = admin.stopListening(NEVER_MS)
  socket.write(body)
  const answer = await nextText(socket)
  expect(answer).toContain('HTTP/1.1 201')
  expect(answer).toMatch(/^connection: close\r$/im)
  await stopped
  expect(await admin.store.count('services')).toBe(1)
})

it('cuts a call that hangs when its time is over, and nothing of it is stored', async () => {
  const socket = await connected(headOf(100))
  await nextText(socket)
  socket.write('{"name":')
  const left = once(socket, 'close')
  await admin.stopListening(50)
  await left
  expect(await admin.store.load()).toEqual({ version: 0, rows: [] })
  expect(admin.logged).toEqual([])
})

it('refuses an address that is taken, and says which', async () => {
  const address = { host: '127.0.0.1', port: admin.port }
  await expect(listenAdmin((() => {}) as never, address)).rejects.toMatchObject({
    code: 'cannot_listen',
    message: `127.0.0.1:${admin.port} is taken by another program`,
  })
  await admin.stopListening()
})
