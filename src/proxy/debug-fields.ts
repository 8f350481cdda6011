import { firstValue, type ParsedRequest } from '../model/request.ts'
import type { RoutePlan } from './route-plan.ts'

/**
 * What `Kong-Debug: 1` shows of the route and the service that a request matched: name and value in turn, empty
 * without that field. Only where `allow_debug_header` permits it (Kong, reference kong.md section 3).
 */
export function debugFields(request: ParsedRequest, plan: RoutePlan): readonly string[] {
  if (firstValue(request.fields, 'kong-debug') !== '1') return NONE
  const { route } = plan
  const service = plan.service?.service ?? null
  const fields = ['Kong-Route-Id', route.id]
  if (route.name !== null) fields.push('Kong-Route-Name', inBytes(route.name))
  if (service !== null) fields.push('Kong-Service-Id', service.id)
  if (service?.name) fields.push('Kong-Service-Name', inBytes(service.name))
  return fields
}

const NONE: readonly string[] = []

/** Header values are bytes, one a character; names may have UTF-8. */
function inBytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}
