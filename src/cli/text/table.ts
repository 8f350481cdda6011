import { harmless, padded, widthOf } from './fit.ts'

export interface Column<Row> {
  readonly title: string
  readonly cell: (row: Row) => string
  /** Numbers stand at the right. */
  readonly side?: 'left' | 'right'
}

const GAP = '  '

/** Lines of a table with a head; columns are as wide as their widest cell. */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string[] {
  const cells = rows.map((row) => columns.map(({ cell }) => harmless(cell(row))))
  const all = [columns.map(({ title }) => title), ...cells]
  const widths = columns.map((_, n) => Math.max(...all.map((line) => widthOf(line[n] ?? ''))))
  return all.map((line) =>
    line
      .map((text, n) => padded(text, widths[n] ?? 0, columns[n]?.side))
      .join(GAP)
      .trimEnd(),
  )
}
