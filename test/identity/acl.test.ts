import { describe, expect, test } from 'vitest'
import { type AclResult, authorize, compileAcl } from '../../src/identity/acl.ts'
import { type Identity, NOBODY } from '../../src/model/identity.ts'
import type { AclConfig } from '../../src/model/plugins/acl.ts'
import { consumer, directoryOf, membership } from './support.ts'

const REFUSED = { kind: 'refused', status: 403, message: 'You cannot consume this service' }

describe('acl', () => {
  test.each<[Partial<AclConfig>, readonly string[], boolean]>([
    [{ allow: ['testers'] }, ['testers'], true],
    [{ allow: ['testers'] }, ['employees', 'testers'], true],
    [{ allow: ['testers', 'employees'] }, ['employees'], true],
    [{ allow: ['testers'] }, ['employees'], false],
    [{ allow: ['testers'] }, [], false],
    [{ allow: ['testers'] }, ['Testers'], false],
    [{ allow: ['testers'], deny: [] }, ['testers'], true],
    [{ deny: ['testers'] }, ['testers'], false],
    [{ deny: ['testers'] }, ['employees', 'testers'], false],
    [{ deny: ['testers'] }, ['employees'], true],
    [{ deny: ['testers'], allow: [] }, [], true],
  ])('%j lets groups %j in: %s', (config, groups, allowed) => {
    const result = decide(config, withGroups(groups))
    if (allowed) expect(result.kind).toBe('allowed')
    else expect(result).toMatchObject(REFUSED)
  })

  test.each([{ allow: ['testers'] }, { deny: ['testers'] }])(
    '%j asks who is there first',
    (config) => {
      expect(decide(config, NOBODY)).toEqual({
        kind: 'refused',
        status: 401,
        message: 'Unauthorized',
        reason: 'no-consumer',
      })
    },
  )

  test('an anonymous consumer has the groups it is given', () => {
    const guest = { ...withGroups(['testers']), isAnonymous: true }
    expect(decide({ allow: ['testers'] }, guest).kind).toBe('allowed')
  })

  test.each<[readonly string[], string | null]>([
    [['b', 'c', 'a'], 'a, b, c'],
    [['a'], 'a'],
    [['тест'], Buffer.from('тест', 'utf8').toString('latin1')],
    [[], null],
  ])('groups %j are told as %j', (groups, groupsHeader) => {
    const config = { deny: ['nobody'] }
    expect(decide(config, withGroups(groups))).toEqual({ kind: 'allowed', groupsHeader })
    expect(decide({ ...config, hide_groups_header: true }, withGroups(groups))).toEqual({
      kind: 'allowed',
      groupsHeader: null,
    })
  })
})

function withGroups(groups: readonly string[]): Identity {
  const rows = [consumer('bob'), ...groups.map((group) => membership('bob', group))]
  return directoryOf(rows).membersById.get('consumer-bob')!.identity(null)
}

function decide(config: Partial<AclConfig>, identity: Identity): AclResult {
  const plugin = compileAcl({
    allow: null,
    deny: null,
    hide_groups_header: false,
    always_use_authenticated_groups: false,
    ...config,
  })
  return authorize(plugin, identity)
}
