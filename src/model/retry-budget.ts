import { z } from 'zod'
import { integer, nullableRecordWithDefaults, nullableWithDefault, number } from './fields.ts'

/** What the gateway counts with anywhere; nobody has so many. */
const NO_LIMIT = 2 ** 31

/** How much is tried again when nothing is configured, as at a host that names no upstream (reliability.md section 7). */
export const RETRY_BUDGET_DEFAULTS = { percent: 20, min_concurrency: 3 } as const

/** Limits of the retries at an upstream; not in Kong, after Envoy's RetryBudget. */
export const retryBudget = () =>
  nullableRecordWithDefaults(
    z.strictObject({
      percent: nullableWithDefault(
        number(0, 100),
        RETRY_BUDGET_DEFAULTS.percent,
        'Retries under way in percent of the requests under way, 0 to 100; default 20. With 100 each request may be tried again at any time.',
      ),
      min_concurrency: nullableWithDefault(
        integer(0, NO_LIMIT),
        RETRY_BUDGET_DEFAULTS.min_concurrency,
        `Retries that may be under way however few requests are, 0 to ${NO_LIMIT}; default 3.`,
      ),
    }),
    'How much is tried again at a time; a retry without room waits for it, and is given up after a second.',
  )
