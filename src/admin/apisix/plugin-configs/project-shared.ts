import { isPluginName } from '../../../model/plugins/registry.ts'
import { shownPlugin } from '../plugins/scoped-plugins.ts'
import type { ApisixValue } from '../shared/apisix-resource.ts'
import type { ConfigurationView } from '../shared/configuration-view.ts'
import { withoutNulls } from '../shared/kong-fields.ts'

interface Shared {
  readonly plugins: readonly {
    readonly name: string
    readonly config: object
    readonly enabled: boolean
  }[]
  readonly about: {
    readonly name: string | null
    readonly desc: string | null
    readonly labels: ApisixValue | null
  } | null
}

/** A plugin config or a consumer group as it stands in APISIX, without id and times. */
export function projectShared(view: ConfigurationView, { plugins, about }: Shared): ApisixValue {
  const shown = plugins.flatMap(({ name, config, enabled }): [string, ApisixValue][] =>
    isPluginName(name) ? [[name, shownPlugin(view, { name, config, enabled })]] : [],
  )
  const { name, desc, labels } = about ?? { name: null, desc: null, labels: null }
  return { ...withoutNulls({ name, desc, labels }), plugins: Object.fromEntries(shown) }
}
