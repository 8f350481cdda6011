import { expect } from 'vitest'
import {
  type Expectation,
  UPSTREAM_NAMES,
  type UpstreamExpectation,
  type UpstreamName,
} from '../kong/conformance.ts'
import type { KongAnswer } from './kong-http.ts'
import type { SeenRequest } from './test-upstream.ts'

/** What the upstream servers saw while one request, or several alike, were sent. */
export type SeenByUpstream = Readonly<Record<UpstreamName, readonly SeenRequest[]>>

/** Compares one answer, and what the upstream servers saw, with a row; throws vitest's own failure. */
export function expectAnswer(
  answer: KongAnswer,
  seen: SeenByUpstream,
  expectation: Expectation,
): void {
  const { status, headers = {}, body, exactly, upstream, spread, isSticky } = expectation
  expect(answer.status, `status of the answer ${answer.text}`).toBe(status)
  for (const [name, value] of Object.entries(headers)) {
    const actual = answer.headers.get(name) ?? null
    const isSingle = value === null || value instanceof RegExp || typeof value === 'string'
    expect(isSingle ? (actual?.join(', ') ?? null) : actual, name).toEqual(matcher(value))
  }
  if (body !== undefined) expect(JSON.parse(answer.text)).toMatchObject(matcher(body) as object)
  if (exactly !== undefined) {
    const isText = typeof exactly === 'string' || exactly instanceof RegExp
    expect(isText ? answer.text : JSON.parse(answer.text)).toEqual(matcher(exactly))
  }
  if (upstream !== undefined) expectUpstream(seen, upstream)
  if (spread !== undefined) expect(countsOf(seen)).toEqual({ ...NONE, ...spread })
  if (isSticky) expect(Object.values(countsOf(seen)).filter((count) => count > 0)).toHaveLength(1)
}

const NONE = { one: 0, two: 0, three: 0 } as const

function countsOf(seen: SeenByUpstream): Record<UpstreamName, number> {
  return { one: seen.one.length, two: seen.two.length, three: seen.three.length }
}

function expectUpstream(seen: SeenByUpstream, expected: UpstreamExpectation | null): void {
  if (expected === null) {
    expect(countsOf(seen), 'requests that reached an upstream').toEqual(NONE)
    return
  }
  const name = UPSTREAM_NAMES.find((candidate) => seen[candidate].length > 0)
  const request = name === undefined ? undefined : seen[name].at(-1)
  if (request === undefined) throw new Error('no request reached an upstream')
  const { headers = {}, ...rest } = expected
  expect({ name, ...request }).toMatchObject(matcher(rest) as object)
  for (const [header, value] of Object.entries(headers)) {
    const actual = request.headers[header] ?? null
    expect(Array.isArray(actual) ? actual.join(', ') : actual, header).toEqual(matcher(value))
  }
}

/** Regular expressions, anywhere in a value, as matchers of texts and numbers. */
function matcher(value: unknown): unknown {
  if (value instanceof RegExp) {
    return expect.toSatisfy((actual) => isScalar(actual) && value.test(String(actual)), `${value}`)
  }
  if (Array.isArray(value)) return value.map(matcher)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, matcher(item)]))
}

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number'
}
