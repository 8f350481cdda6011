import { expect, test } from 'vitest'
import type { SettingSource, SettingSources } from '../../src/cli/given-setting.ts'
import { blameSetting } from '../../src/cli/setting-failure.ts'
import { GatewayError } from '../../src/model/errors.ts'

const error = new GatewayError('cannot_listen', '127.0.0.1:80 is taken by another program')

test.each<[SettingSource, string]>([
  [{ kind: 'flag', name: '--proxy-listen' }, '--proxy-listen'],
  [{ kind: 'variable', name: 'CANARY_PROXY_LISTEN' }, 'CANARY_PROXY_LISTEN'],
  [{ kind: 'file', file: 'canary.yaml', line: 3 }, 'canary.yaml line 3, proxy_listen'],
  [{ kind: 'default' }, 'default of --proxy-listen (CANARY_PROXY_LISTEN)'],
])('a value of %j that proves unusable is named with its source', (source, subject) => {
  const sources = { proxy_listen: source } as SettingSources
  expect(blameSetting('proxy_listen', sources, error)).toMatchObject({
    code: 'cannot_listen',
    message: `${subject}: 127.0.0.1:80 is taken by another program`,
    details: [{ path: ['proxy_listen'] }],
    cause: error,
  })
})

test('a fault of ours is nobody else’s', () => {
  const fault = new TypeError('broken')
  expect(blameSetting('proxy_listen', {} as SettingSources, fault)).toBe(fault)
})
