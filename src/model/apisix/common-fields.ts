import { z } from 'zod'
import { MAX_ELEMENTS, number, optional, required, rule, text } from '../fields.ts'

/** A name of APISIX: any text, not unique. Null where Kong's `name` says the same. */
export const apisixName = () =>
  optional(
    text().max(256),
    'Name as it was written, where that of the entity differs; null by default.',
  )

export const apisixDescription = () =>
  optional(text().max(256), 'What the entity is for; null by default. Without effect.')

/** Source: APISIX 3.18, labels (reference apisix.md, a4). */
export const apisixLabels = () =>
  optional(
    z
      .record(text(), z.string().check(rule(labelProblem)))
      .check(rule((labels) => lengthProblem(Object.keys(labels).length))),
    'Labels to select entities by; null (none) by default. Without effect on traffic.',
  )

function labelProblem(value: string): string | null {
  return /^\S{1,256}$/.test(value)
    ? null
    : `invalid value: ${value} (1 to 256 characters, none of them blank)`
}

function lengthProblem(count: number): string | null {
  return count <= MAX_ELEMENTS ? null : `there are ${count} labels, at most ${MAX_ELEMENTS}`
}

const seconds = (event: string) =>
  required(number(0.001, 2147483), `Seconds ${event} may take, 0.001 to 2147483.`)

/** Source: APISIX 3.18, timeout (reference apisix.md, a4). */
export const APISIX_TIMEOUT = z.strictObject({
  connect: seconds('connecting'),
  send: seconds('a pause in sending'),
  read: seconds('a pause in the answer'),
})

export type ApisixTimeout = z.infer<typeof APISIX_TIMEOUT>
