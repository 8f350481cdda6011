import type { ExitCode } from './run-program.ts'

/** Ends the program with this code; what there was to say has been said. */
export class Exit extends Error {
  readonly code: ExitCode

  constructor(code: ExitCode) {
    super(`exit ${code}`)
    this.code = code
  }
}
