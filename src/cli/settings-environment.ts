import { nearestName } from '../model/nearest-name.ts'
import { SETTING_NAMES } from '../model/settings.ts'
import {
  type GivenSetting,
  type SettingProblem,
  type SourceContent,
  variableName,
} from './given-setting.ts'

/** Names the settings file, as `--config` does. */
export const CONFIG_VARIABLE = 'CANARY_CONFIG'

/** Where the commands that ask a gateway find it; says nothing to the gateway itself. */
const CLIENT_VARIABLES = ['CANARY_ADMIN_URL']

export type Environment = Readonly<Record<string, string | undefined>>

/** The settings in `CANARY_*` variables. Unknown ones are problems: a misspelt variable must not pass in silence. */
export function readEnvironment(env: Environment): SourceContent {
  const given: GivenSetting[] = []
  const problems: SettingProblem[] = []
  for (const [variable, text] of Object.entries(env)) {
    if (text === undefined || !variable.startsWith('CANARY_') || variable === CONFIG_VARIABLE) {
      continue
    }
    if (CLIENT_VARIABLES.includes(variable)) continue
    const name = NAMES_BY_VARIABLE.get(variable)
    if (name !== undefined) {
      given.push({ name, text, source: { kind: 'variable', name: variable } })
      continue
    }
    const nearest = nearestName(variable, [...NAMES_BY_VARIABLE.keys(), CONFIG_VARIABLE])
    problems.push({ name: null, message: `${variable}: unknown setting; did you mean ${nearest}?` })
  }
  return { given, problems }
}

const NAMES_BY_VARIABLE = new Map(SETTING_NAMES.map((name) => [variableName(name), name]))
