import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ManagerCall } from '../support/manager-calls.ts'
import {
  createManagerClient,
  MANAGER_ORIGIN,
  type ManagerClient,
} from '../support/manager-client.ts'
import { ABSENT, HEALTH, LISTS, SEARCHES } from '../support/manager-reads.ts'
import { SCHEMAS } from '../support/manager-schemas.ts'
import { createWorkspace, type ManagerWorkspace } from '../support/manager-workspace.ts'
import { CHANGES, CREATIONS, REMOVALS } from '../support/manager-writes.ts'
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts'

/**
 * Calls and what is read of their answers are those of Kong/kong-manager and of the components it is made of
 * (Kong/public-ui-components, packages/entities). Every call goes through the checks of a browser, preflights included.
 */
describe('Kong Manager', () => {
  let gateway: TestGateway
  let manager: ManagerClient

  beforeEach(async () => {
    gateway = await startTestGateway()
    manager = createManagerClient(gateway.node.admin)
  })

  afterEach(async () => {
    manager.close()
    await gateway.stop()
    expect(gateway.logged).toEqual([])
  })

  describe('with one of each configured', () => {
    let workspace: ManagerWorkspace

    beforeEach(async () => {
      workspace = await createWorkspace(manager)
    })

    const calls = [LISTS, SEARCHES, SCHEMAS, CREATIONS, CHANGES, REMOVALS, HEALTH, ABSENT].flat()
    test.each(calls)('$title', async (call: ManagerCall) => {
      const { status, data } = await manager.call(
        call.method,
        call.path(workspace),
        call.body?.(workspace),
      )
      expect({ status, data }).toMatchObject({ status: call.status, data: call.answer ?? '' })
    })

    test('shows the credentials of the plugins that are in use', async () => {
      const { data } = await manager.call('GET', '/')
      expect(data.plugins.enabled_in_cluster).toEqual(['key-auth'])
    })

    test('reads no `data` in a single document, which it would take for a list', async () => {
      expect((await manager.call('GET', '/services/shop')).data).not.toHaveProperty('data')
    })
  })

  test('reads edition, version, listeners and plugins from the root', async () => {
    const { data } = await manager.call('GET', '/')
    expect(data).toMatchObject({
      edition: 'community',
      version: expect.stringMatching(/^3\.\d+\.\d+$/),
      tagline: expect.any(String),
      hostname: expect.any(String),
      configuration: {
        admin_listen: [expect.any(String)],
        database: expect.any(String),
        role: 'traditional',
        router_flavor: expect.stringMatching(/^traditional/),
      },
    })
    const available = Object.keys(data.plugins.available_on_server)
    expect(available).toEqual(expect.arrayContaining(['acl', 'canary', 'key-auth']))
  })

  test('follows the offset to the next page until there is none', async () => {
    for (let n = 0; n < 65; n++) await manager.call('POST', '/consumers', { username: `user-${n}` })
    const sizes: number[] = []
    const seen = new Set<string>()
    let offset: string | undefined
    do {
      const position = offset === undefined ? '' : `&offset=${encodeURIComponent(offset)}`
      const { data } = await manager.call('GET', `/consumers?size=30${position}`)
      sizes.push(data.data.length)
      for (const { id } of data.data) seen.add(id)
      offset = data.offset
    } while (offset)
    expect(sizes).toEqual([30, 30, 5])
    expect(seen.size).toBe(65)
  })

  const preflights = [
    ['/services', 'GET, HEAD, OPTIONS, POST'],
    ['/services/shop', 'DELETE, GET, HEAD, OPTIONS, PATCH, PUT'],
    ['/upstreams/blue/targets', 'GET, HEAD, OPTIONS, POST'],
    ['/upstreams/blue/targets/a', 'DELETE, GET, HEAD, OPTIONS, PATCH, PUT'],
    ['/consumers/anna/key-auth', 'GET, HEAD, OPTIONS, POST'],
    ['/consumers/anna/key-auth/k', 'DELETE, GET, HEAD, OPTIONS, PATCH, PUT'],
    ['/schemas/plugins/canary', 'GET, HEAD, OPTIONS'],
    ['/schemas/plugins/validate', 'OPTIONS, POST'],
  ] as const
  test.each(preflights)('may preflight %s, whether it exists or not', async (path, methods) => {
    const { status, headers } = await manager.call('OPTIONS', path)
    expect(status).toBe(204)
    expect(headers).toMatchObject({
      allow: methods,
      'access-control-allow-methods': methods,
      'access-control-allow-origin': MANAGER_ORIGIN,
      'access-control-allow-credentials': 'true',
    })
  })
})
