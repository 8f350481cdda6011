import type { ErrorDetail } from '../../../model/errors.ts'
import { ENTITY } from '../../../model/kong-messages.ts'

/**
 * One problem of a configuration, as APISIX nests it: `invalid configuration: property "nodes" validation failed: …`.
 * What stands in a plugin is said of the plugin. Items count from 1.
 */
export function problemText({ path, message }: ErrorDetail): string {
  const [field, plugin, config, ...inside] = path
  if (field !== 'plugins' || plugin === undefined) {
    return `invalid configuration: ${nested(path, message)}`
  }
  if (config === undefined) return String(message)
  const text = isWhole(message)
    ? message
    : nested(config === 'config' ? inside : [config, ...inside], message)
  return `failed to check the configuration of plugin ${plugin} err: ${text}`
}

/** What APISIX says of an expression says where it is. */
function isWhole(message: string | null): message is string {
  return message?.startsWith("failed to validate the 'vars' expression") ?? false
}

function nested(path: readonly (string | number)[], message: string | null): string {
  const [step, ...rest] = path
  if (step === undefined || step === ENTITY) return String(message)
  const inner = nested(rest, message)
  return typeof step === 'number'
    ? `failed to validate item ${step + 1}: ${inner}`
    : `property "${step}" validation failed: ${inner}`
}
