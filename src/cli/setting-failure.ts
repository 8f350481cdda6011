import { GatewayError } from '../model/errors.ts'
import type { SettingName } from '../model/settings.ts'
import { flagName, type SettingSource, type SettingSources, variableName } from './given-setting.ts'

/**
 * An error for which the value of a setting is to blame, with the setting and its source named first:
 * `--proxy-listen: 9.9.9.9:80 is no address of this machine`. Errors that are no GatewayError come back as they are.
 */
export function blameSetting(name: SettingName, sources: SettingSources, error: unknown): unknown {
  if (!(error instanceof GatewayError)) return error
  const message = `${describe(name, sources[name])}: ${error.message}`
  return new GatewayError(error.code, message, {
    details: [{ path: [name], message: error.message }],
    cause: error,
  })
}

function describe(name: SettingName, source: SettingSource): string {
  switch (source.kind) {
    case 'flag':
    case 'variable':
      return source.name
    case 'file':
      return `${source.file} line ${source.line}, ${name}`
    case 'default':
      return `default of ${flagName(name)} (${variableName(name)})`
  }
}
