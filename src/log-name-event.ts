import type { LogOutput } from './metrics/log-output.ts'
import type { NameEvent } from './proxy/names/name-keeper.ts'

/** Tells an operator what became of a host name of the configuration. */
export function logNameEvent(logger: LogOutput['logger'], event: NameEvent): void {
  const { name } = event
  switch (event.kind) {
    case 'failing':
      logger.warn(
        { name, code: event.cause },
        event.hasAddresses
          ? 'a name cannot be resolved; its last addresses stay in use'
          : 'a name cannot be resolved, and no address of it is known',
      )
      return
    case 'recovered':
      logger.info({ name, addresses: event.addresses }, 'a name is resolved again')
      return
    case 'refused':
      logger.warn(
        { name, addresses: event.addresses },
        'addresses of a name are left out: link-local, multicast, broadcast, unspecified or cloud metadata, or more than 256',
      )
  }
}
