import type { Plugin } from '../../model/plugin.ts'
import { schemaViolation } from '../../model/schema-violation.ts'
import type { StoreReader } from '../../store/store.ts'
import { expressionProblems } from '../../variants/expression-problems.ts'
import { checkPluginProtocols, type PluginWrite } from './check-plugin-protocols.ts'

/**
 * Refuses a plugin that no request would ever meet, and one with expressions that cannot be used. Other kinds of
 * entities pass. Fails with schema_violation.
 */
export async function checkPlugin(reader: StoreReader, write: PluginWrite): Promise<void> {
  if (write.kind !== 'plugins') return
  const plugin = write.entity as Plugin
  const problems = plugin.name === 'traffic-split' ? expressionProblems(plugin.config) : []
  if (problems.length > 0) throw schemaViolation(problems)
  await checkPluginProtocols(reader, write)
}
