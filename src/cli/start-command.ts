import { Command, Option } from 'commander'
import { LIMITS_SECTION } from '../model/limit-settings.ts'
import {
  defaultText,
  SETTING_NAMES,
  SETTINGS_SCHEMA,
  type SettingName,
  type Settings,
} from '../model/settings.ts'
import { flagName, type SettingSources, variableName } from './given-setting.ts'
import type { Environment } from './settings-environment.ts'
import { readSettings, type SettingFlags } from './settings-sources.ts'

export interface StartParts {
  /** Runs the gateway until it has stopped. */
  readonly start: (settings: Settings, sources: SettingSources) => Promise<void>
  readonly env: Environment
  readonly readFile: (path: string) => string
}

/** `canary start`: one flag per setting; names, help and defaults come from the settings schema. */
export function createStartCommand({ start, env, readFile }: StartParts): Command {
  const command = new Command('start')
    .description('Run the gateway in the foreground until SIGTERM or SIGINT.')
    .allowExcessArguments(false)
    .option(
      '--config <file>',
      'YAML file with settings; its keys are the names below with _ for -.',
    )
  for (const name of SETTING_NAMES) {
    const { description, placeholder } = SETTINGS_SCHEMA.shape[name].meta() ?? {}
    command.addOption(
      new Option(
        `${flagName(name)} <${placeholder}>`,
        `${description}${defaultNote(name)}`,
      ).helpGroup(name.startsWith(`${LIMITS_SECTION}_`) ? 'Limits:' : 'Options:'),
    )
  }
  command.addHelpText('after', EXAMPLES)
  command.action(async (options: Record<string, string | undefined>) => {
    const { settings, sources } = readSettings({ flags: flagsOf(options), env, readFile })
    await start(settings, sources)
  })
  return command
}

/** Commander keys its options in camel case; settings are in snake case. */
function flagsOf(options: Record<string, string | undefined>): SettingFlags {
  const flags: Partial<Record<SettingName | 'config', string>> = {}
  for (const name of [...SETTING_NAMES, 'config'] as const) {
    const text = options[name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())]
    if (text !== undefined) flags[name] = text
  }
  return flags
}

function defaultNote(name: SettingName): string {
  const text = defaultText(name)
  return text === '' ? '' : ` (default: ${text})`
}

const EXAMPLES = `
Flags beat variables (--proxy-listen is also ${variableName('proxy_listen')}) beat the file given with --config.

Examples:
  canary start
  canary start --proxy-listen 0.0.0.0:80 --database sqlite:/var/lib/canary/canary.db
  canary start --config canary.yaml --log-level debug
  CANARY_TRUSTED_IPS=10.0.0.0/8 CANARY_REAL_IP_HEADER=X-Forwarded-For canary start`
