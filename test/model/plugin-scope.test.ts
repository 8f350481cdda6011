import { expect, test } from 'vitest'
import { z } from 'zod'
import { consumerScopeFields } from '../../src/model/plugin-scope.ts'
import { OTHER_ID } from './entity-input.ts'

const scope = { id: OTHER_ID }

test.each([
  [[], { consumer: 'value must be null', consumer_group: 'value must be null' }],
  [['consumer'], { consumer_group: 'value must be null' }],
  [['consumer_group'], { consumer: 'value must be null' }],
  [['consumer', 'consumer_group'], {}],
] as const)(
  'a plugin with the scopes %j can be limited to these and no others',
  (scopes, wrong) => {
    const schema = z.strictObject(consumerScopeFields(scopes))
    const { error } = schema.safeParse({ consumer: scope, consumer_group: scope })
    const problems = error?.issues.map(({ path, message }) => [path.join('.'), message]) ?? []
    expect(Object.fromEntries(problems)).toEqual(wrong)
    expect(schema.parse({})).toEqual({ consumer: null, consumer_group: null })
  },
)
