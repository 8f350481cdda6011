import { GatewayError } from '../../src/model/errors.ts'
import { openStore } from '../../src/store/open-store.ts'
import { AUTHOR, storedRow, uuid } from './store-rows.ts'

// Fills the database named by its argument until the limit on the size of files stops it, then prints as
// JSON what still works. Without a listener the signal of that limit would end the process.

process.on('SIGXFSZ', () => {})
const store = await openStore(`sqlite:${process.argv[2]}`)
const tags = Array.from({ length: 20 }, (_, n) => `a long tag to fill the disk with ${n}`)

let acknowledged = 0
let code: string | null = null
while (code === null && acknowledged < 10_000) {
  try {
    const row = storedRow('consumers', acknowledged + 1, { tags })
    await store.change(
      AUTHOR,
      (tx) => tx.insert(row),
      () => {},
    )
    acknowledged += 1
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    code = error.code
  }
}
const { version, rows } = await store.load()
console.log(
  JSON.stringify({
    code,
    acknowledged,
    version,
    rowCount: rows.length,
    first: (await store.get('consumers', uuid(1)))?.entity.id ?? null,
    isReachable: await store.isReachable(),
  }),
)
