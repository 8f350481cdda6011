import type { RequestHandler } from 'express'
import { GatewayError } from '../../model/errors.ts'
import type { Handlers } from '../serve-path.ts'

/**
 * /config, where a Kong without a database takes its whole configuration. This gateway always has one.
 * Source: Kong Gateway 3.9, DB-less mode.
 */
export function configHandlers(): Handlers {
  return { GET: refuse, POST: refuse }
}

const refuse: RequestHandler = () => {
  const message = 'this endpoint is only available when Kong is configured to not use a database'
  throw new GatewayError('only_without_database', message)
}
