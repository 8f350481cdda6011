import { renderPromises, renderSamples, renderTraffic } from './render-report.ts'
import { runSoak, type SoakResult } from './run-soak.ts'
import { isKept, judge } from './verdict.ts'

/*
 * npm run soak; SOAK_SECONDS=180 npm run soak
 * Ten minutes of mixed traffic with faults, and one more without traffic. Exit code: 0 when every promise was kept, 1
 * when not, 130 on Ctrl-C.
 */
const SECONDS = { default: 600, min: 60, max: 86_400 }
const SHOWN_SAMPLES = 20

const interruption = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // A second signal does not wait: leaving kills the children and removes the folder.
    if (interruption.signal.aborted) process.exit(130)
    interruption.abort()
  })
}

try {
  const loadMs = readSeconds(process.env.SOAK_SECONDS) * 1000
  const result = await runSoak({ loadMs, signal: interruption.signal, say: console.log })
  process.exitCode = report(result)
} catch (error) {
  const wasInterrupted = interruption.signal.aborted
  process.exitCode = wasInterrupted ? 130 : 1
  // Whatever is still open or running ends with this process.
  interruption.abort()
  console.error(wasInterrupted ? 'stopped; nothing is left running' : messageOf(error))
}

function readSeconds(text = String(SECONDS.default)): number {
  const { min, max } = SECONDS
  if (/^\d{1,6}$/.test(text) && Number(text) >= min && Number(text) <= max) return Number(text)
  throw new Error(`SOAK_SECONDS: "${text}" given, must be a whole number from ${min} to ${max}`)
}

function report({ findings, totals, examples }: SoakResult): number {
  const promises = judge(findings)
  const sections = [
    renderTraffic(totals),
    renderSamples([findings.before, ...findings.samples, findings.after], SHOWN_SAMPLES),
    renderPromises(promises),
    examples,
  ]
  console.log(sections.map((lines) => lines.join('\n')).join('\n\n'))
  const broken = promises.filter((promise) => !isKept(promise)).length
  console.log(broken === 0 ? 'passed: every promise was kept' : `FAILED: ${broken} broken`)
  return broken === 0 ? 0 : 1
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
