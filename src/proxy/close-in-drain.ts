import type { ClientStreams } from './forwarder.ts'
import type { GatewayContext } from './gateway-context.ts'

/** Makes the answer that is about to begin the last one of its connection, where the process wants that. */
export function closeInDrain(
  { endsConnection }: Pick<GatewayContext, 'endsConnection'>,
  { request, response }: ClientStreams,
): void {
  if (endsConnection(request.socket)) response.shouldKeepAlive = false
}
