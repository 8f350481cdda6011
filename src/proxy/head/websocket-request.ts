/** What tells whether a request asks for another protocol: the parts of Node's IncomingMessage. */
export interface UpgradeHead {
  readonly method?: string | undefined
  readonly httpVersion: string
  /** Names and values in turn, as sent. */
  readonly rawHeaders: readonly string[]
}

/**
 * Whether a request asks for a WebSocket in the one way that is forwarded (RFC 6455 section 4.1, reliability.md
 * section 5): GET, HTTP/1.1, neither a body nor an expectation, `Upgrade: websocket` alone, and `upgrade` among what
 * Connection names. Everything else stays an ordinary request, without those fields.
 */
export function asksForWebSocket({ method, httpVersion, rawHeaders }: UpgradeHead): boolean {
  if (method !== 'GET' || httpVersion !== '1.1') return false
  let upgrade: string | null = null
  let isNamed = false
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const value = rawHeaders[i + 1] ?? ''
    switch (rawHeaders[i]?.toLowerCase()) {
      case 'upgrade':
        if (upgrade !== null) return false
        upgrade = value
        break
      case 'connection':
        isNamed ||= value.split(',').some((option) => option.trim().toLowerCase() === 'upgrade')
        break
      case 'content-length':
      case 'transfer-encoding':
      case 'expect':
        return false
    }
  }
  return isNamed && upgrade !== null && isWebSocket(upgrade)
}

/** Whether the value of an Upgrade field names this protocol and no other. */
export function isWebSocket(upgrade: string): boolean {
  return upgrade.trim().toLowerCase() === 'websocket'
}
