import { readdirSync, readlinkSync } from 'node:fs'
import { residentMemory } from '../support/process-memory.ts'
import { rest } from './traffic/repeat.ts'
import type { Sample } from './verdict.ts'

/** What a gateway holds at the moment, by the system and by its own metrics. */
export async function takeSample(pid: number, adminUrl: string, atMs: number): Promise<Sample> {
  const descriptors = descriptorsOf(pid)
  const metrics = parseMetrics(await (await fetch(`${adminUrl}/metrics`)).text())
  const read = (name: string) => metrics.get(name) ?? Number.NaN
  return {
    atMs,
    residentBytes: residentMemory(pid).now,
    heapBytes: read('nodejs_heap_size_used_bytes'),
    handles: descriptors.length,
    sockets: descriptors.filter((name) => name.startsWith('socket:')).length,
    requestsInFlight: read('canary_requests_in_flight'),
    eventLoopP99Ms: read('nodejs_eventloop_lag_p99_seconds') * 1000,
  }
}

/** Samples again and again until the signal. */
export async function sampleUntil(
  signal: AbortSignal,
  everyMs: number,
  take: () => Promise<Sample>,
): Promise<Sample[]> {
  const samples: Sample[] = []
  while (!signal.aborted) {
    samples.push(await take())
    await rest(everyMs, signal)
  }
  return samples
}

/** What the open descriptors of a process stand for, such as `socket:[123]` (proc(5)). */
function descriptorsOf(pid: number): string[] {
  const folder = `/proc/${pid}/fd`
  return readdirSync(folder).flatMap((name) => {
    try {
      return [readlinkSync(`${folder}/${name}`)]
    } catch {
      return [] // closed since the folder was read
    }
  })
}

/** Series without labels. */
function parseMetrics(text: string): ReadonlyMap<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line) => {
      const [name = '', value] = line.split(' ')
      return [name, Number(value)] as const
    }),
  )
}
