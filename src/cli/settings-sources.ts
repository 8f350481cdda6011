import { GatewayError } from '../model/errors.ts'
import { maskSecrets } from '../model/mask-secrets.ts'
import {
  SECRET_SETTINGS,
  SETTING_NAMES,
  SETTINGS_SCHEMA,
  type SettingName,
  type Settings,
  settingConflicts,
} from '../model/settings.ts'
import {
  describeSource,
  flagName,
  type GivenSetting,
  type SettingProblem,
  type SettingSource,
  type SettingSources,
  type SourceContent,
} from './given-setting.ts'
import { CONFIG_VARIABLE, type Environment, readEnvironment } from './settings-environment.ts'
import { readSettingsFile } from './settings-file.ts'

/** Values of the flags that were given, by setting; `config` names the settings file. */
export type SettingFlags = Readonly<Partial<Record<SettingName | 'config', string>>>

export interface SettingsInput {
  readonly flags: SettingFlags
  readonly env: Environment
  /** Text of a file; throws when it cannot be read. */
  readonly readFile: (path: string) => string
}

export interface EffectiveSettings {
  readonly settings: Settings
  readonly sources: SettingSources
}

/**
 * The settings of this start: flags beat variables beat the file beats the defaults. A value that is wrong stops the
 * start even where another source overrides it, so that it cannot come to life later.
 * Throws GatewayError `invalid_setting` that lists every wrong setting with its source, what was given and what is
 * allowed; values of secrets are left out.
 */
export function readSettings(input: SettingsInput): EffectiveSettings {
  const contents = [readFlags(input.flags), readEnvironment(input.env), readFile(input)]
  const problems = contents.flatMap((content) => content.problems)
  const values: Partial<Record<SettingName, unknown>> = {}
  const sources = Object.fromEntries(
    SETTING_NAMES.map((name) => [name, { kind: 'default' }]),
  ) as Record<SettingName, SettingSource>

  // Weakest source first: each stronger one overwrites it.
  for (const given of contents.toReversed().flatMap((content) => content.given)) {
    const parsed = SETTINGS_SCHEMA.shape[given.name].safeParse(given.text)
    sources[given.name] = given.source
    if (parsed.success) values[given.name] = parsed.data
    else problems.push({ name: given.name, message: describeProblem(given, parsed.error) })
  }
  for (const name of SETTING_NAMES) {
    if (sources[name].kind === 'default')
      values[name] = SETTINGS_SCHEMA.shape[name].parse(undefined)
  }
  if (values.declarative !== undefined) {
    if (sources.database.kind !== 'default') problems.push(twoConfigurations(sources))
    values.database = 'sqlite::memory:'
  }
  problems.push(...conflictProblems(values as Partial<Settings>, sources))
  if (problems.length > 0) throw settingsError(problems)
  return { settings: values as Settings, sources }
}

function readFlags(flags: SettingFlags): SourceContent {
  const given: GivenSetting[] = []
  for (const name of SETTING_NAMES) {
    const text = flags[name]
    if (text !== undefined)
      given.push({ name, text, source: { kind: 'flag', name: flagName(name) } })
  }
  return { given, problems: [] }
}

function readFile({ flags, env, readFile: read }: SettingsInput): SourceContent {
  const file = flags.config ?? env[CONFIG_VARIABLE]
  if (file === undefined) return { given: [], problems: [] }
  const asked = flags.config === undefined ? CONFIG_VARIABLE : '--config'
  try {
    return readSettingsFile(file, read(file))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const message = `${asked}: ${JSON.stringify(file)} given, which cannot be read: ${reason}`
    return { given: [], problems: [{ name: null, message }] }
  }
}

function describeProblem(given: GivenSetting, error: { issues: readonly { message: string }[] }) {
  const value = SECRET_SETTINGS.has(given.name)
    ? 'a value (not shown)'
    : JSON.stringify(maskSecrets(given.text))
  const allowed = error.issues.map((issue) => issue.message).join('; ')
  // A file line does not tell the setting, as the name of a flag or of a variable does.
  const subject = given.source.kind === 'file' ? `${given.name} ` : ''
  return `${describeSource(given.source)}: ${subject}${value} given, ${allowed}`
}

function conflictProblems(settings: Partial<Settings>, sources: SettingSources): SettingProblem[] {
  return settingConflicts(settings).map(({ name, message }) => ({
    name,
    message: `${describeSource(sources[name])}: ${name} ${message}`,
  }))
}

function twoConfigurations(sources: SettingSources): SettingProblem {
  const where = `${describeSource(sources.database)}: database`
  const message = `${where} must not be set with declarative, whose file is the whole configuration`
  return { name: 'database', message }
}

function settingsError(problems: readonly SettingProblem[]): GatewayError {
  const count = problems.length === 1 ? 'a wrong setting' : `${problems.length} wrong settings`
  const list = problems.map((problem) => `  ${problem.message}`).join('\n')
  return new GatewayError('invalid_setting', `${count}, nothing was started:\n${list}`, {
    details: problems.map(({ name, message }) => ({ path: name === null ? [] : [name], message })),
  })
}
