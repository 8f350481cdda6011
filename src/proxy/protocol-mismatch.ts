import type { ParsedRequest } from '../model/request.ts'
import type { Route } from '../model/route.ts'
import { type GatewayAnswer, gatewayAnswer } from './gateway-answer.ts'

/**
 * The answer to a plain HTTP request on a route that takes HTTPS only, or null: 426 with an upgrade hint, or the
 * redirect that `https_redirect_status_code` asks for (Kong, reference kong.md section 3).
 */
export function protocolMismatch(route: Route, request: ParsedRequest): GatewayAnswer | null {
  if (request.scheme === 'https' || route.protocols.includes('http')) return null
  const status = route.https_redirect_status_code
  if (status === 426) {
    return gatewayAnswer(426, 'Please use HTTPS protocol', {
      fields: [
        ['Connection', 'Upgrade'],
        ['Upgrade', 'TLS/1.2, HTTP/1.1'],
      ],
    })
  }
  const location = `https://${request.host}${request.rawPath}${request.query}`
  return gatewayAnswer(status, 'Please use HTTPS protocol', { fields: [['Location', location]] })
}
