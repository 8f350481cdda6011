import type { Certificate } from '../../model/certificate.ts'
import { certificateFor, type Runtime } from '../runtime.ts'
import { pickShown } from './pick-shown.ts'
import { certificateUse } from './secure-contexts.ts'
import type { TlsIdentities } from './server-options.ts'

export interface LiveIdentityParts {
  readonly runtime: () => Runtime
  readonly fallback: TlsIdentities['fallback']
  /** Tells, once, of a stored certificate that cannot be used. */
  readonly reportCertificate: (error: unknown, certificateId: string) => void
}

/** The certificates of the configuration as it is at the moment of each handshake. */
export function liveIdentities(parts: LiveIdentityParts): TlsIdentities {
  const { runtime, fallback, reportCertificate } = parts
  const reported = new WeakSet<Certificate>()
  return {
    fallback,
    contextFor(serverName, offer) {
      const certificate = certificateFor(runtime(), serverName)
      if (certificate === undefined) return null
      const use = certificateUse(certificate)
      if (use.kind === 'usable') return pickShown(use.shown, offer()).context
      if (!reported.has(certificate)) reportCertificate(use.error, certificate.id)
      reported.add(certificate)
      return null
    },
  }
}
