import SqliteDatabase from 'better-sqlite3'

const TABLES = [
  'config_version',
  'entities',
  'entity_unique',
  'entity_refs',
  'entity_tags',
  'audit_log',
]

/** Every row of every table of a database that nobody has open, in a fixed order. */
export function readTables(path: string): Record<string, unknown[]> {
  const database = new SqliteDatabase(path, { fileMustExist: true })
  try {
    const tables: Record<string, unknown[]> = {}
    for (const table of TABLES) {
      const rows = database.prepare<[], Record<string, unknown>>(`select * from ${table}`).all()
      tables[table] = rows.map((row) => JSON.stringify(row)).toSorted()
    }
    return tables
  } finally {
    database.close()
  }
}

/** Runs statements on a database that nobody has open, to damage it. */
export function tamper(path: string, statements: string): void {
  const database = new SqliteDatabase(path)
  try {
    database.exec(statements)
  } finally {
    database.close()
  }
}
