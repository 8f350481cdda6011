import type { Consumer } from '../../../model/consumer.ts'
import type { ConfigurationView } from '../shared/configuration-view.ts'

/** The consumer with this username. One without, which Kong allows, has its id in place of it. */
export function consumerNamed(view: ConfigurationView, name: string): Consumer | undefined {
  return view.where('consumers', 'username', name)[0] ?? view.get('consumers', name)
}
