import { createTransact, type Transact } from '../configuration/transact.ts'
import { type ApplyFile, createApplyFile } from './declarative/apply-file.ts'
import type { AdminDependencies } from './dependencies.ts'
import { createSealBody, type SealBody } from './resource/seal-body.ts'

/** The ways to change the configuration. There must be one of each for a store, or changes would mix. */
export interface Writing {
  readonly transact: Transact
  readonly sealBody: SealBody
  readonly applyFile: ApplyFile
}

export function createWriting(
  dependencies: Pick<AdminDependencies, 'store' | 'configuration' | 'draws' | 'snapshot'>,
): Writing {
  const { store, configuration, draws, snapshot } = dependencies
  const transact = createTransact(store, configuration)
  const sealBody = createSealBody(draws)
  return { transact, sealBody, applyFile: createApplyFile({ transact, sealBody, draws, snapshot }) }
}
