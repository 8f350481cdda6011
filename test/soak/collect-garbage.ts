import { writeFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/*
 * Loaded into the gateway's process beside the gateway: at SIGUSR2 it collects all garbage and writes to the file
 * `SOAK_HEAP_FILE` how many bytes of heap are left. Nobody outside could tell a leak from garbage otherwise.
 */
const file = process.env.SOAK_HEAP_FILE
if (file === undefined) throw new Error('SOAK_HEAP_FILE must name a file')
setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
process.on('SIGUSR2', () => {
  collect()
  writeFileSync(file, String(process.memoryUsage().heapUsed))
})
