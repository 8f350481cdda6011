import type { Transact } from '../../configuration/transact.ts'
import type { AdminDependencies } from '../dependencies.ts'
import type { SealBody } from '../resource/seal-body.ts'

/** What the endpoints of APISIX's dialect need. */
export type ApisixDependencies = Pick<AdminDependencies, 'store' | 'draws' | 'snapshot' | 'log'> & {
  readonly transact: Transact
  readonly sealBody: SealBody
}
