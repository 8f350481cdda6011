import { z } from 'zod'
import { isPluginName, PLUGIN_DEFINITIONS } from '../../../model/plugins/registry.ts'
import { authPlugin, isAuthPlugin } from '../consumers/auth-plugins.ts'

type JsonSchema = Readonly<Record<string, unknown>>

/** The JSON schema of what may be written; what has a default need not be given. */
export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, {
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      const { required, properties } = jsonSchema
      if (required === undefined || properties === undefined) return
      const needed = required.filter((name) => !hasDefault(properties[name]))
      if (needed.length > 0) jsonSchema.required = needed
      else delete jsonSchema.required
    },
  })
}

/** What a plugin takes on a route or a service, or with `ofConsumer` on a consumer; null for what is no plugin. */
export function pluginJsonSchema(name: string, ofConsumer: boolean): JsonSchema | null {
  if (isAuthPlugin(name) && (ofConsumer || !isPluginName(name))) {
    return jsonSchemaOf(authPlugin(name).schema)
  }
  if (!isPluginName(name)) return null
  const schema = jsonSchemaOf(PLUGIN_DEFINITIONS[name].config)
  return name === 'key-auth' ? withApisixNames(schema) : schema
}

/** APISIX names the header and the argument by themselves. */
function withApisixNames(schema: JsonSchema): JsonSchema {
  const { key_names, anonymous, ...properties } = (schema.properties ?? {}) as JsonSchema
  const named = { type: 'string', default: 'apikey' }
  return {
    ...schema,
    properties: {
      header: named,
      query: named,
      anonymous_consumer: anonymous,
      ...properties,
      key_names,
    },
  }
}

function hasDefault(property: unknown): boolean {
  return typeof property === 'object' && property !== null && 'default' in property
}
