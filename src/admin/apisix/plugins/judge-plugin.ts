import type { StoreReader } from '../../../store/store.ts'
import { validateEntity } from '../../resource/validate-entity.ts'
import type { Write } from '../../resource/write.ts'
import { type CheckedPlugin, ofPlugin } from './check-plugins.ts'

/** A plugin of nothing in particular. */
const PLACE = { kind: 'plugins', parent: null } as const

/**
 * Judges a plugin as if it were in force on something. Whether what it names is there is not asked. Fails with
 * schema_violation.
 */
export async function judgePlugin(
  reader: StoreReader,
  { name, config }: CheckedPlugin,
  { nowMs, draws }: Pick<Write, 'nowMs' | 'draws'>,
): Promise<void> {
  const body = { type: 'json', fields: { name, config } } as const
  try {
    await validateEntity(reader, { place: PLACE, body, nowMs, draws })
  } catch (error) {
    throw ofPlugin(name, error)
  }
}
