import type { SettingName } from '../model/settings.ts'

/** Where a setting comes from; says itself in messages by `describeSource`. */
export type SettingSource =
  | { readonly kind: 'flag'; readonly name: string }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'file'; readonly file: string; readonly line: number }
  | { readonly kind: 'default' }

export type SettingSources = Readonly<Record<SettingName, SettingSource>>

/** A value as one source gives it. */
export interface GivenSetting {
  readonly name: SettingName
  readonly text: string
  readonly source: SettingSource
}

/** A wrong setting: whose (null when no known setting is meant) and the sentence that says so. */
export interface SettingProblem {
  readonly name: SettingName | null
  readonly message: string
}

/** What one source holds. */
export interface SourceContent {
  readonly given: readonly GivenSetting[]
  readonly problems: readonly SettingProblem[]
}

/** `--proxy-listen`, `CANARY_PROXY_LISTEN`, `canary.yaml line 3`, or `default`. */
export function describeSource(source: SettingSource): string {
  switch (source.kind) {
    case 'flag':
    case 'variable':
      return source.name
    case 'file':
      return `${source.file} line ${source.line}`
    case 'default':
      return 'default'
  }
}

/** `proxy_listen` → `--proxy-listen`. */
export function flagName(name: SettingName): string {
  return `--${name.replaceAll('_', '-')}`
}

/** `proxy_listen` → `CANARY_PROXY_LISTEN`. */
export function variableName(name: SettingName): string {
  return `CANARY_${name.toUpperCase()}`
}
