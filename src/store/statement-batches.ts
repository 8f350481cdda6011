/**
 * SQLite takes 32766 values in one statement, PostgreSQL 65535; no table has more than a dozen columns. So few rows that
 * one statement takes a millisecond, since nothing else can be done meanwhile.
 */
const ROWS_PER_STATEMENT = 100

/** The rows in parts that fit into one statement each; none for no rows. */
export function* statementBatches<T>(rows: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT) {
    yield rows.slice(start, start + ROWS_PER_STATEMENT)
  }
}
