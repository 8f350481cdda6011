import { readFileSync, writeFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Resident memory of a process, in bytes. Linux only (proc(5)). */
export interface ResidentMemory {
  readonly now: number
  /** The most since the start, or since `forgetPeak`. */
  readonly peak: number
}

export function residentMemory(pid: number): ResidentMemory {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1')
  return { now: bytesOf(status, 'VmRSS'), peak: bytesOf(status, 'VmHWM') }
}

/** The peak is counted from here on. */
export function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5')
}

/** Bytes of this process's heap that no garbage takes up. */
export function heapInUse(): number {
  setFlagsFromString('--expose-gc')
  const collectGarbage = runInNewContext('gc') as () => void
  collectGarbage()
  return process.memoryUsage().heapUsed
}

function bytesOf(status: string, name: string): number {
  const kibibytes = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]
  if (kibibytes === undefined) throw new Error(`no ${name} in the status of the process`)
  return Number(kibibytes) * 1024
}
