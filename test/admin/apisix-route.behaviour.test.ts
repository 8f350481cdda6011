import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Admin, startAdmin } from './admin-harness.ts'

let admin: Admin

beforeEach(async () => {
  admin = await startAdmin()
})
afterEach(() => admin.close())

const put = (json: object) => admin.call('PUT', '/routes/r', { json })
const withVars = (vars: unknown) => ({ apisix: { uris: ['/a'], vars } })

describe('the field apisix of a route', () => {
  it("is shown where it is set, and not in the answers that Kong's clients know", async () => {
    const asked = {
      uris: ['/a/*'],
      priority: 7,
      vars: [['arg_x', '==', '1']],
      remote_addrs: null,
      status: 1,
    }
    expect((await put({ apisix: asked })).json).toMatchObject({ paths: null, apisix: asked })
    expect((await admin.call('GET', '/routes/r')).json.apisix).toMatchObject(asked)
    const back = await put({ paths: ['/a'] })
    expect(Object.keys(back.json)).not.toContain('apisix')
    const listed = await admin.call('GET', '/routes')
    expect(Object.keys(listed.json.data[0])).not.toContain('apisix')
  })

  it('is merged by PATCH, and taken away by null', async () => {
    await put({ apisix: { uris: ['/a'], priority: 7 } })
    const patch = (json: object) => admin.call('PATCH', '/routes/r', { json })
    expect((await patch({ apisix: { uris: ['/b'] } })).json.apisix).toMatchObject({
      uris: ['/b'],
      priority: 7,
    })
    const bare = await patch({ apisix: null })
    expect(bare.status).toBe(400)
    expect(bare.json.message).toContain("must set one of 'methods', 'hosts', 'headers', 'paths'")
    const back = await patch({ apisix: null, paths: ['/b'] })
    expect(back.status).toBe(200)
    expect(Object.keys(back.json)).not.toContain('apisix')
  })

  it.each([
    [[['uri', '=', '/']], "invalid operator '='"],
    [['uri', '==', '/'], 'rule should be wrapped inside brackets'],
    [[['post_arg_a', '==', '1']], "unsupported variable 'post_arg_a'"],
    [[['post_arg.a', '==', '1']], "unsupported variable 'post_arg.a'"],
    [[['graphql_name', '==', 'a']], "unsupported variable 'graphql_name'"],
    [[['consumer_group_id', '==', 'a']], "unsupported variable 'consumer_group_id'"],
  ])('is refused with the vars %j', async (vars, reason) => {
    for (const refused of [
      await put(withVars(vars)),
      await admin.call('POST', '/schemas/routes/validate', { json: withVars(vars) }),
    ]) {
      expect(refused.status).toBe(400)
      expect(refused.json).toMatchObject({ code: 2, name: 'schema violation' })
      expect(refused.json.fields.apisix.vars).toContain(
        `failed to validate the 'vars' expression: ${reason}`,
      )
    }
  })

  it.each([[[]], [[['consumer_name', '==', null]]], [null]])(
    'may have the vars %j',
    async (vars) => {
      expect((await put(withVars(vars))).status).toBe(200)
    },
  )
})
