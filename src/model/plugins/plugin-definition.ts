import type { z } from 'zod'
import type { EntityCheck } from '../entity-checks.ts'

/** What a plugin adds to the model: its configuration and the rules between the fields of it. */
export interface PluginDefinition {
  /** Order among the plugins of a request, highest first; Kong's number. */
  readonly priority: number
  readonly config: z.ZodObject
  /** Field names begin with `config.`. */
  readonly checks: readonly EntityCheck[]
}
