import type { Command } from 'commander'
import type { Environment } from '../settings-environment.ts'
import type { Terminal } from '../terminal.ts'
import { type AdminAddress, DEFAULT_ADMIN_URL } from './admin-address.ts'
import { readClientFile } from './client-file.ts'

/** Values of the options below, as commander keys them. */
export interface AdminOptions {
  readonly adminUrl?: string
  readonly adminToken?: string
}

/** The options of every command that asks a gateway: its Admin API and the token for it. */
export function addAdminOptions(command: Command): Command {
  return command
    .option(
      '--admin, --admin-url <url>',
      `Admin API of the gateway (default: CANARY_ADMIN_URL, else admin_url of ~/.config/canary/config.yaml, else ${DEFAULT_ADMIN_URL}).`,
    )
    .option(
      '--token, --admin-token <token>',
      'Admin token (default: CANARY_ADMIN_TOKEN, which is not public, else admin_token of that file).',
    )
}

/**
 * Which gateway is asked: flags beat variables beat the file. A token of the file goes to the gateway of the file only:
 * not to another one that a flag or a variable names. Warns when others may read it. Fails with an Error in words.
 */
export function adminAddress(
  { adminUrl, adminToken }: AdminOptions,
  env: Environment,
  terminal: Pick<Terminal, 'err'>,
): AdminAddress {
  const givenUrl = adminUrl ?? given(env.CANARY_ADMIN_URL)
  const givenToken = adminToken ?? given(env.CANARY_ADMIN_TOKEN)
  if (givenUrl !== undefined && givenToken !== undefined)
    return { url: givenUrl, token: givenToken }
  const { content, warning } = readClientFile(env)
  if (warning !== null) terminal.err(`canary: ${warning}\n`)
  const url = givenUrl ?? content.admin_url ?? DEFAULT_ADMIN_URL
  const isItsGateway = url === (content.admin_url ?? DEFAULT_ADMIN_URL)
  return { url, token: givenToken ?? (isItsGateway ? content.admin_token : null) }
}

function given(value: string | undefined): string | undefined {
  return value === '' ? undefined : value
}
