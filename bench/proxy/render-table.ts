import { alignColumns } from '../../fixtures/support/align-columns.ts'
import type { Summary } from './rounds.ts'

const HEADINGS = ['', 'µs/request', 'ratio to bare', 'requests/s', 'errors'] as const

/** The result as lines of text, one per contestant below the headings. */
export function renderTable(rows: readonly Summary[]): string[] {
  const cells = [
    [...HEADINGS],
    ...rows.map((row) => [
      row.name,
      row.microsPerRequest.toFixed(1),
      row.ratio.toFixed(2),
      Math.round(row.requestsPerSecond).toLocaleString('en-US'),
      String(row.errors),
    ]),
  ]
  return alignColumns(cells)
}

export interface Limit {
  readonly text: string
  readonly value: number
  readonly limit: number
}

/** One acceptance line, such as `ratio gateway/bare = 1.08 (limit 1.15)`. */
export function renderLimit({ text, value, limit }: Limit): string {
  const isMet = value <= limit
  return `${text} = ${value.toFixed(3)} (limit ${limit.toFixed(2)})${isMet ? '' : '  MISSED'}`
}
