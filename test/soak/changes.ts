import type { AdminClient } from '../../fixtures/support/admin-client.ts'
import { type MadeCertificate, makeSelfSignedFor } from '../support/make-certificates.ts'
import type { Ledger } from './ledger.ts'
import { RELEASE, STEADY, STEADY_NAME } from './services.ts'
import { repeat } from './traffic/repeat.ts'

const CHANGING_NAME = 'changing.test'
export const CHANGE_KIND = 'config change'

/** Changes of the share, of targets, routes and certificates, one after the other until the signal. */
export async function changeConfiguration(
  admin: AdminClient,
  ledger: Ledger,
  signal: AbortSignal,
): Promise<void> {
  const certificates = await Promise.all([1, 2].map(() => makeSelfSignedFor(CHANGING_NAME)))
  let round = 0
  await repeat(signal, 300, async () => {
    round += 1
    try {
      for (const change of changesOf(round, certificates)) await change(admin)
      ledger.outside(CHANGE_KIND, { result: 'good' })
    } catch (error) {
      ledger.outside(CHANGE_KIND, { result: 'failed', failure: 'lost', detail: String(error) })
    }
  })
}

/** What stays for the whole run: a certificate whose handshakes may never fail. */
export async function addSteadyCertificate(admin: AdminClient): Promise<void> {
  const pair = await makeSelfSignedFor(STEADY_NAME)
  await admin.post('/certificates', { ...pair, snis: [STEADY_NAME] })
}

type Change = (admin: AdminClient) => Promise<unknown>

/** Everything that a round adds is gone at its end. */
function changesOf(round: number, [first, second]: readonly MadeCertificate[]): readonly Change[] {
  const share: Change = (admin) =>
    admin.patch(`/plugins/${RELEASE}`, { config: { percentage: (round * 37) % 101 } })
  switch (round % 4) {
    case 0:
      return [share, (admin) => admin.patch(`/services/${STEADY}`, { retries: 4 + (round % 3) })]
    case 1:
      return [
        share,
        (admin) =>
          admin.post(`/services/${STEADY}/routes`, { name: 'passing', paths: ['/passing'] }),
        (admin) => admin.call('DELETE', '/routes/passing'),
      ]
    case 2:
      return [
        share,
        (admin) => admin.post('/certificates', { ...first, snis: [CHANGING_NAME] }),
        (admin) => replaceCertificate(admin, second),
        (admin) => deleteCertificate(admin),
      ]
    default:
      return [(admin) => admin.patch(`/plugins/${RELEASE}`, { config: { percentage: 0 } })]
  }
}

async function replaceCertificate(admin: AdminClient, pair: object | undefined): Promise<void> {
  await admin.patch(`/certificates/${await changingCertificate(admin)}`, { ...pair })
}

async function deleteCertificate(admin: AdminClient): Promise<void> {
  await admin.call('DELETE', `/certificates/${await changingCertificate(admin)}`)
}

async function changingCertificate(admin: AdminClient): Promise<string> {
  const { certificate } = await admin.get(`/snis/${CHANGING_NAME}`)
  return (certificate as { id: string }).id
}
