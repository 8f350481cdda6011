import { schemaViolation } from '../model/schema-violation.ts'
import type { StoreReader } from '../store/store.ts'
import { expressionProblemsOf } from '../variants/expression-problems.ts'
import { checkPluginProtocols, type PluginWrite } from './check-plugin-protocols.ts'

/**
 * Refuses a plugin that no request would ever meet, and a plugin or route with expressions that cannot be used. Other
 * kinds of entities pass. Fails with schema_violation.
 */
export async function checkEntity(reader: StoreReader, write: PluginWrite): Promise<void> {
  const problems = expressionProblemsOf(write.kind, write.entity)
  if (problems.length > 0) throw schemaViolation(problems)
  if (write.kind === 'plugins') await checkPluginProtocols(reader, write)
}
