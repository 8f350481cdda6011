/** How far the gateway is with a file. */
export interface Progress {
  readonly step: string
  readonly done: number
  readonly total: number
}

const STEPS: Readonly<Record<string, string>> = {
  read: 'reading the file',
  compare: 'comparing',
  write: 'writing',
  serve: 'compiling',
}
const MAX_BAR = 40

/** One line that overwrites itself: `writing    [#####.....]  50 %  8000 of 16000`; without a bar where there is no count. */
export function progressLine({ step, done, total }: Progress, columns: number): string {
  const name = (STEPS[step] ?? step).padEnd(16)
  if (total <= 1) return overwriting(name, columns)
  const width = Math.max(0, Math.min(MAX_BAR, columns - 50))
  const filled = Math.floor((width * done) / total)
  const bar = `[${'#'.repeat(filled)}${'.'.repeat(width - filled)}]`
  const percent = String(Math.floor((100 * done) / total)).padStart(3)
  return overwriting(`${name} ${bar} ${percent} %  ${done} of ${total}`, columns)
}

/** Takes the line away again. */
export function noProgressLine(): string {
  return overwriting('', 0)
}

function overwriting(text: string, columns: number): string {
  return `\r\u001b[2K${columns > 0 ? text.slice(0, columns - 1) : text}`
}
