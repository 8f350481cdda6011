/** What the gateway's process held at one moment. */
export interface Sample {
  readonly atMs: number
  readonly residentBytes: number
  readonly heapBytes: number
  /** Open descriptors, sockets among them. */
  readonly handles: number
  readonly sockets: number
  readonly requestsInFlight: number
  /** 99th percentile since the sample before. */
  readonly eventLoopP99Ms: number
}

/** A gateway without traffic: `heapBytes` is what is left after a collection. */
export type IdleSample = Sample

export interface SoakFindings {
  /** Idle, after the warm-up. */
  readonly before: IdleSample
  /** Under load, after the warm-up, oldest first. */
  readonly samples: readonly Sample[]
  /** Idle, at the end. */
  readonly after: IdleSample
  readonly unexplained: number
  readonly internalErrors: number
  readonly missingLines: number
  readonly surplusLines: number
  /** Lines of the access log, and what the gateway has counted itself. */
  readonly lines: number
  readonly countedRequests: number
  /** Messages of the gateway at level error or above, and lines that it had to drop. */
  readonly complaints: number
  /** Of its process, which was asked to end. */
  readonly exitCode: number
  /** Kinds of traffic that were never served, and kinds of faults that never were. */
  readonly missed: readonly string[]
}

/** One line of the verdict: what was seen must not be above the limit. */
export interface Promised {
  readonly text: string
  readonly seen: number
  readonly limit: number
}

export const isKept = ({ seen, limit }: Promised) => seen <= limit

/** What may come on top of a tenth where the numbers are small: a probe, a call of the Admin API, a page of heap. */
const SPARE_HANDLES = 4
const SPARE_BYTES = 4 * 1024 * 1024
const GROWTH = 1.1

/** Everything that a soak promises (reliability.md section 16.11), with what was seen. */
export function judge(findings: SoakFindings): readonly Promised[] {
  const none = (text: string, seen: number): Promised => ({ text, seen, limit: 0 })
  return [
    none('failed requests that no fault explains', findings.unexplained),
    none('answers with status 500', findings.internalErrors),
    none('exit code of the gateway', findings.exitCode),
    none('errors in the log, lines that were lost', findings.complaints),
    none('answered requests without a line in the access log', findings.missingLines),
    none('lines in the access log beyond one a request', findings.surplusLines),
    none(
      'difference of the lines and the requests that the gateway counts',
      Math.abs(findings.lines - findings.countedRequests),
    ),
    none(
      `traffic or faults that never came (${findings.missed.join(', ')})`,
      findings.missed.length,
    ),
    ...flatness(findings.samples),
    ...returnToStart(findings),
  ]
}

/** The last third of the samples beside the first one. */
function flatness(samples: readonly Sample[]): Promised[] {
  const third = Math.floor(samples.length / 3)
  const early = samples.slice(0, third)
  const late = samples.slice(samples.length - third)
  return MEASURES.map(({ name, of, spare }) => ({
    text: `${name} under load, mean of the last third`,
    seen: mean(late.map(of)),
    limit: mean(early.map(of)) * GROWTH + spare,
  }))
}

function returnToStart({ before, after }: SoakFindings): Promised[] {
  return [
    ...[...MEASURES, HEAP].map(({ name, of, spare }) => ({
      text: `${name} when idle again`,
      seen: of(after),
      limit: of(before) * GROWTH + spare,
    })),
    { text: 'requests in flight when idle again', seen: after.requestsInFlight, limit: 0 },
  ]
}

interface Measure {
  readonly name: string
  readonly of: (sample: Sample) => number
  readonly spare: number
}

const MEASURES: readonly Measure[] = [
  {
    name: 'memory (resident bytes)',
    of: ({ residentBytes }) => residentBytes,
    spare: SPARE_BYTES,
  },
  { name: 'open handles', of: ({ handles }) => handles, spare: SPARE_HANDLES },
  { name: 'open sockets', of: ({ sockets }) => sockets, spare: SPARE_HANDLES },
]

/** Of what is under load a collection would have to be forced, so it is looked at when idle only. */
const HEAP: Measure = {
  name: 'memory (heap after a collection)',
  of: ({ heapBytes }) => heapBytes,
  spare: SPARE_BYTES,
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
