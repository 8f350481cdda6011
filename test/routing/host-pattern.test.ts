import { describe, expect, it } from 'vitest'
import { parseHostPattern } from '../../src/routing/host-pattern.ts'

describe('parseHostPattern', () => {
  it.each([
    ['example.com', { kind: 'exact', text: 'example.com', port: null }],
    ['Example.COM:8080', { kind: 'exact', text: 'example.com', port: 8080 }],
    ['*.example.com', { kind: 'suffix', text: '.example.com', port: null }],
    ['*.example.com:443', { kind: 'suffix', text: '.example.com', port: 443 }],
    ['example.*', { kind: 'prefix', text: 'example.', port: null }],
    ['example.*:81', { kind: 'prefix', text: 'example.', port: 81 }],
    ['192.0.2.1:80', { kind: 'exact', text: '192.0.2.1', port: 80 }],
    ['[2001:DB8::1]', { kind: 'exact', text: '[2001:db8::1]', port: null }],
    ['[2001:db8::1]:8443', { kind: 'exact', text: '[2001:db8::1]', port: 8443 }],
    ['2001:db8::1', { kind: 'exact', text: '2001:db8::1', port: null }],
  ])('takes %s apart', (host, pattern) => {
    expect(parseHostPattern(host)).toEqual(pattern)
  })
})
