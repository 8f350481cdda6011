import { describe, expect, it } from 'vitest'
import { FaultWindows } from './fault-windows.ts'

describe('a fault', () => {
  it('explains failures of its kind, at its service, while it lasts and a little after', () => {
    const windows = new FaultWindows()
    const close = windows.open('shop', 'killed')
    expect(windows.explains(502, { service: 'shop', sinceMs: 5_000 })).toBe(true)
    expect(windows.explains('lost', { service: 'shop', sinceMs: 5_000 })).toBe(true)
    expect(windows.explains(503, { service: 'shop', sinceMs: 5_000 })).toBe(false)
    expect(windows.explains(502, { service: 'other', sinceMs: 5_000 })).toBe(false)
    close(10_000)
    expect(windows.explains(502, { service: 'shop', sinceMs: 13_000 })).toBe(true)
    expect(windows.explains(502, { service: 'shop', sinceMs: 13_001 })).toBe(false)
    expect(windows.countOf('killed')).toBe(1)
    expect(windows.countOf('frozen')).toBe(0)
  })

  it('never explains an error of the gateway itself', () => {
    const windows = new FaultWindows()
    for (const kind of ['killed', 'frozen', 'failing'] as const) windows.open('shop', kind)
    expect(windows.explains(500, { service: 'shop', sinceMs: 0 })).toBe(false)
    expect(windows.explains(404, { service: 'shop', sinceMs: 0 })).toBe(false)
  })
})
