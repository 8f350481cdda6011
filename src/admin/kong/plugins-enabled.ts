import type { RequestHandler } from 'express'
import { PLUGIN_NAMES } from '../../model/plugins/registry.ts'
import { sendJson } from '../reply.ts'

/** GET /plugins/enabled: names of the plugins that may be used. Source: Kong Gateway 3.9, Plugin object. */
export function pluginsEnabledHandler(): RequestHandler {
  return (_request, response) => sendJson(response, 200, { enabled_plugins: PLUGIN_NAMES })
}
