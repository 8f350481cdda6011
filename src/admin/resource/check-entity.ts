import type { ErrorDetail } from '../../model/errors.ts'
import type { Plugin } from '../../model/plugin.ts'
import type { Route } from '../../model/route.ts'
import { schemaViolation } from '../../model/schema-violation.ts'
import type { StoreReader } from '../../store/store.ts'
import { expressionProblems, routeVarsProblems } from '../../variants/expression-problems.ts'
import { checkPluginProtocols, type PluginWrite } from './check-plugin-protocols.ts'

/**
 * Refuses a plugin that no request would ever meet, and a plugin or route with expressions that cannot be used. Other
 * kinds of entities pass. Fails with schema_violation.
 */
export async function checkEntity(reader: StoreReader, write: PluginWrite): Promise<void> {
  const problems = expressionProblemsOf(write)
  if (problems.length > 0) throw schemaViolation(problems)
  if (write.kind === 'plugins') await checkPluginProtocols(reader, write)
}

function expressionProblemsOf({ kind, entity }: PluginWrite): readonly ErrorDetail[] {
  if (kind === 'routes') return routeVarsProblems(entity as Route)
  if (kind !== 'plugins') return []
  const plugin = entity as Plugin
  return plugin.name === 'traffic-split' ? expressionProblems(plugin.config) : []
}
