import type { CanaryConfig } from '../../model/plugins/canary.ts'
import type { FixedFields, Release } from '../document/release.ts'
import type { Traffic } from '../state/traffic.ts'
import type { PluginView } from './surroundings.ts'

/** The fields of the canary plugin that a release owns (ADR 0010, rule 1). It is enabled, too. */
export type OwnedFields = FixedFields &
  Pick<CanaryConfig, 'percentage' | 'always_groups' | 'canary_by_header_name'>

/** What the plugin must be for this traffic; nothing else of it is touched. */
export function wantedPlugin(release: Release, traffic: Traffic): OwnedFields {
  return {
    ...release.fixedFields,
    percentage: traffic.percentage,
    always_groups: traffic.groups.length === 0 ? null : [...traffic.groups],
    canary_by_header_name: traffic.previewHeader,
  }
}

/** Fields in which the plugin is not what is wanted; `plugin` when it is gone, `enabled` when it is switched off. */
export function differsFrom(plugin: PluginView | null, wanted: OwnedFields): string[] {
  if (plugin === null) return ['plugin']
  const fields = Object.entries(wanted)
    .filter(([field, value]) => !isSame(Reflect.get(plugin.config, field), value))
    .map(([field]) => field)
  return plugin.isEnabled ? fields : ['enabled', ...fields]
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

/** Whether writing what is wanted puts nobody on the canary who is not there by the plugin as it is. */
export function raisesNothing(plugin: PluginView | null, wanted: OwnedFields): boolean {
  const groups = wanted.always_groups ?? []
  const header = wanted.canary_by_header_name
  if (wanted.percentage === 0 && groups.length === 0 && header === null) return true
  if (plugin === null || !plugin.isEnabled) return false
  const { config } = plugin
  const grown = ['percentage', 'always_groups', 'canary_by_header_name']
  return (
    differsFrom(plugin, wanted).every((field) => grown.includes(field)) &&
    (config.percentage ?? 0) >= (wanted.percentage ?? 0) &&
    groups.every((group) => config.always_groups?.includes(group)) &&
    (header === null || config.canary_by_header_name === header)
  )
}
