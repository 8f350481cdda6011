import { alignColumns } from '../../fixtures/support/align-columns.ts'
import type { KindTotals } from './ledger.ts'
import { isKept, type Promised, type Sample } from './verdict.ts'

/** Traffic by kind, one line each below the headings. */
export function renderTraffic(totals: ReadonlyMap<string, Readonly<KindTotals>>): string[] {
  const rows = [...totals].map(([kind, { good, left, explained, unexplained }]) => [
    kind,
    ...[good, left, explained, unexplained].map(String),
  ])
  return alignColumns([['traffic', 'good', 'client left', 'explained', 'unexplained'], ...rows])
}

/** At most `count` samples, evenly spread. */
export function renderSamples(samples: readonly Sample[], count: number): string[] {
  const step = Math.max(1, Math.ceil(samples.length / count))
  const rows = samples
    .filter((_, index) => index % step === 0)
    .map((sample) => [
      (sample.atMs / 1000).toFixed(0),
      inMebibytes(sample.residentBytes),
      inMebibytes(sample.heapBytes),
      String(sample.handles),
      String(sample.sockets),
      String(sample.requestsInFlight),
      sample.eventLoopP99Ms.toFixed(1),
    ])
  const headings = ['s', 'MiB', 'heap MiB', 'handles', 'sockets', 'in flight', 'loop p99 ms']
  return alignColumns([headings, ...rows])
}

export function renderPromises(promises: readonly Promised[]): string[] {
  const rows = promises.map((promise) => [
    promise.text,
    rounded(promise.seen),
    rounded(promise.limit),
    isKept(promise) ? 'kept' : 'BROKEN',
  ])
  return alignColumns([['promise', 'seen', 'at most', ''], ...rows])
}

const inMebibytes = (bytes: number) => (bytes / 1024 / 1024).toFixed(1)
const rounded = (value: number) =>
  Math.round(value).toLocaleString('en-US', { maximumFractionDigits: 0 })
