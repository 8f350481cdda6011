import type { z } from 'zod'
import type { EntityCheck } from '../entity-checks.ts'

/** Fields of a plugin that limit it to who calls. */
export type ConsumerScopeField = 'consumer' | 'consumer_group'

/** What a plugin adds to the model: its configuration and the rules between the fields of it. */
export interface PluginDefinition {
  /** Order among the plugins of a request, highest first; Kong's number. */
  readonly priority: number
  readonly config: z.ZodObject
  /** What an instance may be limited to beside a service and a route. */
  readonly scopes: readonly ConsumerScopeField[]
  /** Field names begin with `config.`. */
  readonly checks: readonly EntityCheck[]
  /** Rewrites other spellings of the configuration before it is validated; it may have any shape. */
  readonly expandConfig?: (config: Readonly<Record<string, unknown>>) => Record<string, unknown>
}
