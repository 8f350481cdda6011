import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { parse } from 'yaml'

/** Writes a dump for its owner's eyes only, since it holds credentials; as JSON where the name of the file says so. */
export function writeDump(file: string, yaml: string): void {
  const text = file.endsWith('.json') ? `${JSON.stringify(parse(yaml), null, 2)}\n` : yaml
  const temporary = `${file}.${process.pid}.tmp`
  try {
    // Made anew, so that nobody else has it open.
    writeFileSync(temporary, text, { mode: 0o600, flag: 'wx' })
    renameSync(temporary, file)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}
