import { resolve } from 'node:path'
import { GatewayError } from '../model/errors.ts'
import { maskSecrets } from '../model/mask-secrets.ts'
import { readHolderNote } from './sqlite/holder-note.ts'
import { openSqliteStore } from './sqlite/open-sqlite.ts'
import type { Store } from './store.ts'

/**
 * Opens the database that the setting `database` names: `sqlite:<path>` or `sqlite::memory:`.
 * A relative path starts at the working directory. Throws `invalid_setting` for any other address and
 * what `openSqliteStore` throws.
 */
export async function openStore(databaseUrl: string): Promise<Store> {
  const scheme = /^([a-z]+):/i.exec(databaseUrl)?.[1]?.toLowerCase()
  switch (scheme) {
    case 'sqlite': {
      const path = databaseUrl.slice('sqlite:'.length)
      if (path === '') throw invalid('names no file')
      return openSqliteStore({ path })
    }
    case 'postgres':
    case 'postgresql':
      // The address may hold a password, so it is not repeated.
      throw invalid('names a PostgreSQL server, which this version cannot use yet')
    default:
      throw invalid(`is '${maskSecrets(databaseUrl)}', which names no kind of database`)
  }
}

/** Whether a process holds the database, by the note that it leaves beside it. For SQLite files only. */
export async function isHeld(databaseUrl: string): Promise<boolean> {
  return (await readHolderNote(resolve(databaseUrl.slice('sqlite:'.length)))) !== null
}

function invalid(problem: string): GatewayError {
  const message = `the address of the database ${problem}; use sqlite:<path>, for example sqlite:./data/canary.db`
  return new GatewayError('invalid_setting', message, {
    details: [{ path: ['database'], message }],
  })
}
