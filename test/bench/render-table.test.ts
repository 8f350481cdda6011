import { describe, expect, it } from 'vitest'
import { renderLimit, renderTable } from '../../bench/proxy/render-table.ts'

describe('the table of the proxy measurement', () => {
  it('aligns numbers to the right below their headings', () => {
    const rows = [
      { name: 'bare', microsPerRequest: 86.04, ratio: 1, requestsPerSecond: 10_400, errors: 0 },
      { name: 'gateway', microsPerRequest: 95.5, ratio: 1.11, requestsPerSecond: 9_300, errors: 2 },
    ]
    expect(renderTable(rows)).toEqual([
      '         µs/request  ratio to bare  requests/s  errors',
      'bare           86.0           1.00      10,400       0',
      'gateway        95.5           1.11       9,300       2',
    ])
  })

  it('says when a limit is missed', () => {
    const limit = { text: 'ratio gateway/bare', limit: 1.15 }
    expect(renderLimit({ ...limit, value: 1.15 })).toBe('ratio gateway/bare = 1.150 (limit 1.15)')
    expect(renderLimit({ ...limit, value: 1.151 })).toMatch(/MISSED$/)
  })
})
