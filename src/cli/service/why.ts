import { z } from 'zod'
import { type CommandContext, print } from '../release/context.ts'
import { ask, readAnswer } from '../release/release-client.ts'
import type { Paint } from '../text/colour.ts'
import { harmless } from '../text/fit.ts'
import { count, percent } from '../text/numbers.ts'
import { servicePath } from './service-canary.ts'

const DECISION = z.looseObject({
  variant: z.string().nullable(),
  rule: z.string(),
  sentence: z.string(),
  key: z.string().nullable(),
  key_source: z.string().nullable(),
  salt: z.string().nullable(),
  bucket: z.number().nullable(),
  threshold: z.number().nullable(),
  share_percent: z.number().nullable(),
  moves_at_percent: z.number().nullable(),
})

export type Decision = z.infer<typeof DECISION>

/** What one asks by; as GET /services/{s}/canary/decision takes it. */
export interface WhyQuestion {
  readonly consumer?: string
  readonly ip?: string
  readonly header?: readonly string[]
  readonly cookie?: string
  readonly route?: string
}

/** `canary why`: which side such a request gets, by which rule, on what numbers. */
export async function explain(
  context: CommandContext,
  { service, question }: { readonly service: string; readonly question: WhyQuestion },
): Promise<void> {
  const { header = [], ...single } = question
  const query = new URLSearchParams(
    Object.entries(single).filter((pair): pair is [string, string] => pair[1] !== undefined),
  )
  for (const one of header) query.append('header', one)
  const body = await ask(context.client, `${servicePath(service)}/canary/decision?${query}`)
  const decision = readAnswer(DECISION, body)
  print(context, body, () => decisionLines(decision, context.paint))
}

/** The side first, then the sentence of the gateway, then the numbers behind it. */
export function decisionLines(decision: Decision, paint: Paint): string[] {
  const side = decision.variant ?? 'either side, in turns'
  const sentence = harmless(decision.sentence)
  return [
    paint('bold', side),
    sentence.charAt(0).toUpperCase() + sentence.slice(1),
    ...numberLine(decision),
  ]
}

function numberLine(decision: Decision): string[] {
  const { rule, key, key_source: source, salt, bucket, threshold, share_percent: share } = decision
  const parts = [
    `rule ${rule}`,
    ...(key === null ? [] : [`${source ?? 'key'} ${harmless(key)}`]),
    ...(salt === null ? [] : [`salt ${harmless(salt)}`]),
    ...(bucket === null ? [] : [`bucket ${count(bucket)}`]),
    ...(threshold === null ? [] : [`canary below ${count(threshold)}`]),
    ...(share === null ? [] : [`share ${percent(share)}`]),
  ]
  return [parts.join(', ')]
}
