import type { Served } from './converse.ts'
import { listed, valuesOf } from './message-syntax.ts'
import type { ReferenceRequest } from './reference-requests.ts'
import type { StrictUpstream } from './strict-upstream.ts'
import { PASSED_PREFIX } from './valid-requests.ts'
import { GOOD_TARGET } from './wire-bench.ts'

/**
 * Throws unless the upstream got these requests but those about the gateway itself, then the two good ones that follow
 * each case, nothing else, and unless each answer was that to its request.
 */
export function expectForwarded(
  { requests, faults }: StrictUpstream,
  served: readonly Served[],
): void {
  if (faults.length > 0) throw new Error(`the upstream got ${faults.join('\n')}`)
  const forwarded = served.filter(({ request }) => request.target !== '*')
  const got = requests.map(({ method, target }) => `${method} ${target}`)
  const due = forwarded.map(({ request: { method, target } }) => `${method} ${target}`)
  const good = `GET ${GOOD_TARGET}`
  expectEqual('requests at the upstream', got, [...due, good, good])
  for (const [index, { request, answer }] of forwarded.entries()) {
    const seen = requests[index] as ReferenceRequest
    expectEqual(`body ${index}`, seen.body, request.body)
    expectEqual(`fields ${index}`, passedFields(seen), passedFields(request))
    expectEqual(`number of answer ${index}`, valuesOf(answer.fields, 'x-number'), [String(index)])
    const body = request.method === 'HEAD' ? '' : `answer ${index}`
    expectEqual(`body of answer ${index}`, answer.body, body)
  }
}

function expectEqual(what: string, got: unknown, due: unknown): void {
  const [seen, wanted] = [JSON.stringify(got), JSON.stringify(due)]
  if (seen !== wanted) throw new Error(`${what}: ${seen} instead of ${wanted}`)
}

/** The values of each field that is passed on, but for those that Connection names (RFC 9110 section 7.6.1). */
function passedFields({ fields }: ReferenceRequest): readonly (readonly [string, string[]])[] {
  const nominated = listed(fields, 'connection')
  const values = new Map<string, string[]>()
  for (const [name, value] of fields) {
    if (!name.startsWith(PASSED_PREFIX) || nominated.includes(name)) continue
    values.set(name, [...(values.get(name) ?? []), value])
  }
  return [...values].sort(([a], [b]) => (a < b ? -1 : 1))
}
