import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Scalar, type YAMLMap } from 'yaml'
import { LIMITS_SECTION } from '../model/limit-settings.ts'
import { nearestName } from '../model/nearest-name.ts'
import { SETTING_NAMES, SETTINGS_SCHEMA, type SettingName } from '../model/settings.ts'
import type { GivenSetting, SettingProblem, SourceContent } from './given-setting.ts'

/**
 * The settings in the text of a YAML file: a map of names to scalars (or a list, where the setting is one), in which
 * `limits` may be a section: `head_timeout` in it is the setting `limits_head_timeout`.
 * Values are taken as written, so `08` or `1e3` never turns into another number. Every problem names its line.
 * Aliases are refused: a flat file has no use for them, and so no document can grow beyond its own size.
 */
export function readSettingsFile(file: string, text: string): SourceContent {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: false })
  const given: GivenSetting[] = []
  const problems: SettingProblem[] = []
  const lineAt = (offset: number | undefined): number => lines.linePos(offset ?? 0).line
  const report = (line: number, message: string, name: SettingName | null = null): void => {
    problems.push({ name, message: `${file} line ${line}: ${message}` })
  }

  for (const error of document.errors) report(lineAt(error.pos[0]), withoutText(error.message))
  if (problems.length > 0 || isEmpty(document.contents)) return { given, problems }
  if (!isMap(document.contents)) {
    report(1, 'must be a map of settings, for example `proxy_listen: 127.0.0.1:8000`')
    return { given, problems }
  }
  for (const { key, value, section } of entriesOf(document.contents)) {
    const line = lineAt(isScalar(key) ? key.range?.[0] : undefined)
    if (isSection(key)) {
      report(line, `${LIMITS_SECTION} must be a map of limits, for example {head_timeout: 5s}`)
      continue
    }
    // `{admin_token:hunter2}` is one name, and the end of it no name to show.
    const name = isScalar(key) ? section + (String(key.value).split(':', 1)[0] ?? '') : ''
    if (!isSettingName(name)) {
      report(line, `unknown setting ${quoted(name)}; did you mean ${nearest(name)}?`)
      continue
    }
    const earlier = given.find((setting) => setting.name === name)
    const content = textOf(value, isList(name))
    if (earlier?.source.kind === 'file') {
      report(line, `${name} is set on line ${earlier.source.line} already`, name)
    } else if (content === undefined) report(line, `${name} must be ${allowedForm(name)}`, name)
    else given.push({ name, text: content, source: { kind: 'file', file, line } })
  }
  return { given, problems }
}

interface Entry {
  readonly key: unknown
  readonly value: unknown
  /** What its name begins with. */
  readonly section: string
}

/** The entries of the map, those of a section in the place of the section. */
function entriesOf({ items }: YAMLMap): Entry[] {
  return items.flatMap(({ key, value }) => {
    if (!isSection(key) || !(isMap(value) || isEmpty(value))) return [{ key, value, section: '' }]
    const entries = isMap(value) ? value.items : []
    return entries.map((item) => ({ ...item, section: `${LIMITS_SECTION}_` }))
  })
}

function isSection(key: unknown): boolean {
  return isScalar(key) && key.value === LIMITS_SECTION
}

/** Nothing but comments, or a bare `---`. */
function isEmpty(contents: unknown): boolean {
  return contents === null || (isScalar(contents) && contents.value === null)
}

function isSettingName(name: string): name is SettingName {
  return Object.hasOwn(SETTINGS_SCHEMA.shape, name)
}

function isList(name: SettingName): boolean {
  return SETTINGS_SCHEMA.shape[name].meta()?.isList === true
}

function allowedForm(name: SettingName): string {
  return isList(name) ? 'one value or a list of values' : 'one value'
}

/** The text of a scalar, or of a list of scalars with commas between; undefined for anything else. */
function textOf(value: unknown, mayBeList: boolean): string | undefined {
  if (isScalar(value)) return textOfScalar(value)
  if (!mayBeList || !isSeq(value)) return undefined
  const texts = value.items.map((item) => (isScalar(item) ? textOfScalar(item) : undefined))
  return texts.includes(undefined) ? undefined : texts.join(',')
}

function textOfScalar(scalar: Scalar): string | undefined {
  if (typeof scalar.value === 'string') return scalar.value
  return scalar.value === null ? undefined : scalar.source
}

function nearest(name: string): string {
  return nearestName(name.slice(0, LONGEST_GUESS), SETTING_NAMES) ?? ''
}

const LONGEST_GUESS = 64

/** Messages of the parser may end in text of the file, which may be a secret: `…: "hunter2"`. */
function withoutText(message: string): string {
  return message.split(': ', 1)[0] ?? ''
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, LONGEST_GUESS))
}
