import { describe } from 'vitest'
import type { OpenStore } from './store-fixture.ts'
import { describeAudit } from './store-suite-audit.ts'
import { describeReading } from './store-suite-reading.ts'
import { describeReleases } from './store-suite-releases.ts'
import { describeRules } from './store-suite-rules.ts'
import { describeTransactions } from './store-suite-transactions.ts'

/** The store contract as tests: every database behind it must pass. `open` gives an empty store. */
export function describeStore(name: string, open: OpenStore): void {
  describe(`the store on ${name}`, () => {
    describeReading(open)
    describeRules(open)
    describeTransactions(open)
    describeAudit(open)
    describeReleases(open)
  })
}
