import type { StoredPlugin } from '../../src/model/plugin-index.ts'
import { parse } from '../model/entity-input.ts'

/** A traffic-split as the store hands it out, with the documented defaults. */
export function storedSplit(config: object): StoredPlugin<'traffic-split'> {
  const entity = parse('plugins', { name: 'traffic-split', config })
  if (entity.name !== 'traffic-split') throw new Error('another plugin')
  return { kind: 'plugins', entity, internals: {} }
}
