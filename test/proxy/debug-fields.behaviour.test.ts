import { afterEach, describe, expect, it } from 'vitest'
import { configureService } from '../support/configure.ts'
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts'
import { startUpstream, type TestUpstream } from '../support/test-upstream.ts'

let gateway: TestGateway
let upstream: TestUpstream

afterEach(async () => {
  await gateway.stop()
  await upstream.close()
})

async function debugged(settings: Record<string, string>, value: string) {
  gateway = await startTestGateway({ settings })
  upstream = await startUpstream('v1')
  const ids = await configureService(gateway, upstream.port, { route: { name: 'straße' } })
  const answer = await fetch(gateway.node.proxy, { headers: { 'kong-debug': value } })
  return { ids, answer }
}

describe('Kong-Debug', () => {
  it('shows what matched where it is allowed', async () => {
    const { ids, answer } = await debugged({ allow_debug_header: 'on' }, '1')
    expect(answer.headers.get('kong-route-id')).toBe(ids.routeId)
    expect(answer.headers.get('kong-service-id')).toBe(ids.serviceId)
    expect(answer.headers.get('kong-service-name')).toBe('shop')
    const name = Buffer.from(answer.headers.get('kong-route-name')!, 'latin1').toString('utf8')
    expect(name).toBe('straße')
    expect(upstream.seen[0]!.headers['kong-debug']).toBeUndefined()
  })

  it.each([
    [{}, '1'],
    [{ allow_debug_header: 'on' }, 'yes'],
  ])('shows nothing with settings %j and value %s', async (settings, value) => {
    const { answer } = await debugged(settings, value)
    expect([...answer.headers.keys()].filter((name) => name.startsWith('kong-'))).toEqual([])
  })
})
