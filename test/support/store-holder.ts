import { writeSync } from 'node:fs'
import { openStore } from '../../src/store/open-store.ts'

// Opens the database named by its argument, says so, and keeps it until standard input ends.

const store = await openStore(`sqlite:${process.argv[2]}`)
writeSync(1, 'open\n')
process.stdin.resume()
process.stdin.once('end', async () => store.close())
