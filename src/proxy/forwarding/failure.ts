import type { ForwardFailure, ForwardFailureReason } from '../forwarder.ts'

const NAME_RESOLUTION_CODES: ReadonlySet<string> = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_FAIL',
  'EAI_NODATA',
  'EAI_NONAME',
])

/** What an error of an upstream connection means before any of the answer arrived. */
export function reasonOfError(error: unknown, isConnected: boolean): ForwardFailureReason {
  const code = codeOf(error)
  if (NAME_RESOLUTION_CODES.has(code)) return 'name-resolution'
  if (code.startsWith('ERR_INVALID') || code.startsWith('ERR_UNESCAPED')) return 'internal'
  if (code === 'ETIMEDOUT') return isConnected ? 'read-timeout' : 'connect-timeout'
  if (!isConnected) return 'refused'
  return code.startsWith('HPE_') ? 'malformed' : 'reset'
}

/** Whose fault a failure is: it decides the status, and whether it counts against target and variant. */
export function sideOf(reason: ForwardFailureReason): ForwardFailure['side'] {
  switch (reason) {
    case 'client-left':
    case 'client-silent':
      return 'client'
    case 'internal':
      return 'gateway'
    default:
      return 'upstream'
  }
}

function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code
  return ''
}
