import { describe, expect, it } from 'vitest'
import { candidateNames, parseSearchRules } from '../../../src/proxy/names/search-rules.ts'

const KUBERNETES = `
nameserver 10.96.0.10
search default.svc.cluster.local svc.cluster.local cluster.local
options ndots:5 timeout:2
`

describe('resolv.conf', () => {
  it.each([
    ['', [], 1],
    ['domain corp.example.', ['corp.example'], 1],
    ['domain a.example\nsearch b.example c.example', ['b.example', 'c.example'], 1],
    ['search b.example\ndomain a.example', ['a.example'], 1],
    ['# search x\noptions rotate ndots:99', [], 15],
    ['search .', [], 1],
  ])('%j says: complete with %j, from %d dots on as it stands first', (text, domains, ndots) => {
    expect(parseSearchRules(text)).toEqual({ domains, ndots })
  })
})

describe('a name', () => {
  const rules = parseSearchRules(KUBERNETES)

  it('with few dots is completed first', () => {
    expect(candidateNames('shop', rules)).toEqual([
      'shop.default.svc.cluster.local',
      'shop.svc.cluster.local',
      'shop.cluster.local',
      'shop',
    ])
  })

  it('with as many dots as ndots says is tried as it stands first', () => {
    expect(candidateNames('a.b.c.d.e.f', rules)[0]).toBe('a.b.c.d.e.f')
    expect(candidateNames('shop.example', { domains: ['corp'], ndots: 1 })).toEqual([
      'shop.example',
      'shop.example.corp',
    ])
  })

  it('with a final dot is complete', () => {
    expect(candidateNames('shop.', rules)).toEqual(['shop'])
  })
})
