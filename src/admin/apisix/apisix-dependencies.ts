import type { AdminDependencies } from '../dependencies.ts'
import type { SealBody } from '../resource/seal-body.ts'
import type { Transact } from '../transact.ts'

/** What the endpoints of APISIX's dialect need. */
export type ApisixDependencies = Pick<AdminDependencies, 'store' | 'draws' | 'snapshot' | 'log'> & {
  readonly transact: Transact
  readonly sealBody: SealBody
}
