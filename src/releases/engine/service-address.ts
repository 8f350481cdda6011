import type { ServiceAddress } from '../state/release-event.ts'
import type { Surroundings } from './surroundings.ts'

/** Where the service leads now. Throws without one: that is asked before. */
export function addressOf({ service }: Pick<Surroundings, 'service'>): ServiceAddress {
  if (service === null) throw new Error('a release cannot go on without its service')
  const { host, port, path } = service
  return { host, port, path }
}

export function isSameAddress(a: ServiceAddress, b: ServiceAddress): boolean {
  return a.host === b.host && a.port === b.port && a.path === b.path
}
