import { GatewayError } from '../../model/errors.ts'
import { hasCode } from './sqlite-errors.ts'

/** What an error means that came while the database at `path` was opened: `cannot_open_database`, with the reason. */
export function asOpenError(error: unknown, path: string): unknown {
  if (error instanceof GatewayError) return error
  if (!(error instanceof Error)) return error
  const reason = hasCode(error, 'SQLITE_NOTADB')
    ? 'the file is no SQLite database'
    : (describeSystemError(error) ?? error.message)
  return new GatewayError('cannot_open_database', `cannot open the database ${path}: ${reason}`, {
    cause: error,
  })
}

function describeSystemError(error: Error): string | null {
  if (!('code' in error)) return null
  switch (error.code) {
    case 'EACCES':
    case 'EPERM':
      return 'no permission to read and write there'
    case 'EROFS':
      return 'the file system is read-only'
    case 'ENOTDIR':
    case 'EEXIST':
      return 'a part of the path is a file, not a folder'
    case 'SQLITE_CANTOPEN':
      return 'it is no file that can be read and written'
    default:
      return null
  }
}
