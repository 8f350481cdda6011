import { expect, it } from 'vitest'
import type { Change } from '../../../src/model/entity.ts'
import { advanceNameUses, NO_NAME_USES, namesInUse } from '../../../src/proxy/names/name-uses.ts'
import { storedSplit } from '../../variants/stored-split.ts'

const inlineAt = (...hosts: string[]) =>
  storedSplit({
    rules: [
      {
        weighted_upstreams: hosts.map((host) => ({ upstream: { nodes: [{ host, weight: 1 }] } })),
      },
    ],
  })

const change = (before: Change['before'], after: Change['after']): Change => ({
  kind: 'plugins',
  id: 'split',
  before,
  after,
})

it('counts the names of nodes of inline upstreams, as long as one of them is there', () => {
  const [both, one] = [inlineAt('A.test', 'a.test', 'b.test', '10.0.0.1'), inlineAt('a.test')]
  const first = advanceNameUses(NO_NAME_USES, [change(null, both)])
  expect([...namesInUse(first)].toSorted()).toEqual(['a.test', 'b.test'])
  const second = advanceNameUses(first, [change(both, one)])
  expect([...namesInUse(second)]).toEqual(['a.test'])
  expect([...namesInUse(advanceNameUses(second, [change(one, null)]))]).toEqual([])
})
