import { adminAddress } from '../admin/admin-options.ts'
import { callAdmin, wholeAnswer } from '../admin/call-admin.ts'
import type { Environment } from '../settings-environment.ts'
import type { KnownNames } from './candidates.ts'

/** Somebody has pressed a key and waits. */
const TIMEOUT_MS = 2_000
const MOST = 1000

/** Names by the Admin API; none when it does not answer soon, since a message would end up in the command line. */
export function namesOfGateway(env: Environment): KnownNames {
  const listed = async (path: string): Promise<string[]> => {
    try {
      const address = adminAddress({}, env, { err: () => {} })
      const response = await callAdmin(address, `${path}?size=${MOST}`, {
        signal: AbortSignal.timeout(TIMEOUT_MS),
        headers: { accept: 'application/json' },
      })
      const { body } = await wholeAnswer(response)
      return Array.isArray(body.data) ? body.data.flatMap(nameIn) : []
    } catch {
      return []
    }
  }
  return { release: () => listed('/releases'), service: () => listed('/services') }
}

function nameIn(entity: unknown): string[] {
  const { name } = entity as { readonly name?: unknown }
  return typeof name === 'string' ? [name] : []
}
