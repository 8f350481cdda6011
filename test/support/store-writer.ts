import { writeSync } from 'node:fs'
import { openStore } from '../../src/store/open-store.ts'
import { makePlannedChange, PLAN_LENGTH } from './store-plan.ts'

// Makes the stream of changes in the database named by its argument and writes each version it was
// acknowledged, one per line, to standard output. It is meant to be killed on the way.

const store = await openStore(`sqlite:${process.argv[2]}`)
for (let step = 1; step <= PLAN_LENGTH; step++) {
  writeSync(1, `${await makePlannedChange(store, step)}\n`)
}
await store.close()
