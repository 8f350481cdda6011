import { z } from 'zod'
import { LIMIT_SETTINGS } from './limit-settings.ts'
import { isLoopbackHost } from './loopback.ts'
import { parsedBy } from './parsed-setting.ts'
import {
  type ListenAddress,
  parseDatabase,
  parseDnsOrder,
  parseDuration,
  parseFilePath,
  parseListenAddress,
  parseNameServers,
  parseNetworks,
  parseOrigins,
  parsePublicUrl,
  parseSwitch,
} from './setting-values.ts'

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

/**
 * Everything that is set when the gateway starts. Each key is also a flag (`--proxy-listen`), a variable
 * (`CANARY_PROXY_LISTEN`) and a key of the settings file; every source gives text. `placeholder` is what the help
 * shows for the value; a setting with `isList` may be a list in the file.
 */
export const SETTINGS_SCHEMA = z
  .strictObject({
    proxy_listen: parsedBy(parseListenAddress).prefault('127.0.0.1:8000').meta({
      description: 'Address and port for the traffic. Port 0 takes any free one.',
      placeholder: 'host:port',
    }),
    proxy_tls_listen: parsedBy(parseListenAddress).optional().meta({
      description:
        'Address and port for the traffic over TLS, with the certificates and SNIs of the configuration.',
      placeholder: 'host:port',
    }),
    admin_listen: parsedBy(parseListenAddress).prefault('127.0.0.1:8001').meta({
      description:
        'Address and port of the Admin API. Anything but a loopback address needs admin_token.',
      placeholder: 'host:port',
    }),
    admin_tls_listen: parsedBy(parseListenAddress).optional().meta({
      description:
        'Address and port of the Admin API over TLS, with a self-signed certificate that is kept beside the database. As for admin_listen, anything but a loopback address needs admin_token.',
      placeholder: 'host:port',
    }),
    admin_token: z
      .string()
      .regex(
        /^[\x21-\x7e]{16,}$/,
        'must be at least 16 visible ASCII characters; `openssl rand -hex 32` makes a good one',
      )
      .optional()
      .meta({
        description:
          'Token that Admin API clients must send. Better given as variable or in the file: command lines are public.',
        placeholder: 'token',
      }),
    admin_gui_url: parsedBy(parseOrigins).prefault('').meta({
      description:
        'Origins of web pages such as Kong Manager, separated by commas, that may call the Admin API beside those on this machine.',
      placeholder: 'url,…',
      isList: true,
    }),
    admin_public_url: parsedBy(parsePublicUrl).optional().meta({
      description:
        'URL at which people reach the Admin API: links in messages of releases begin with it. By default the address of admin_listen.',
      placeholder: 'url',
    }),
    database: parsedBy(parseDatabase).prefault('sqlite:./data/canary.db').meta({
      description:
        'Where the configuration is kept: sqlite:<file>, or sqlite::memory: to forget it.',
      placeholder: 'sqlite:file',
    }),
    declarative: parsedBy(parseFilePath).optional().meta({
      description:
        'Declarative file (YAML or JSON in decK form) that is the whole configuration, in place of a database. Read again on SIGHUP.',
      placeholder: 'file',
    }),
    workers: z
      .literal('1', 'must be 1: several processes are not available in this version')
      .transform(Number)
      .prefault('1')
      .meta({
        description: 'Number of processes that serve traffic. Only 1 in this version.',
        placeholder: 'n',
      }),
    log_level: z
      .enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`)
      .default('info')
      .meta({
        description: `Least severe messages that are logged: ${LOG_LEVELS.join(', ')}.`,
        placeholder: 'level',
      }),
    access_log: parsedBy(parseSwitch).prefault('on').meta({
      description: 'One log line per request: on or off.',
      placeholder: 'on|off',
    }),
    allow_debug_header: parsedBy(parseSwitch).prefault('off').meta({
      description:
        'Whether clients may ask with Kong-Debug: 1 what route and service they matched: on or off.',
      placeholder: 'on|off',
    }),
    reuse_port: parsedBy(parseSwitch).prefault('off').meta({
      description:
        'Whether the next process may open the same ports and take over while this one finishes: on or off. Linux only.',
      placeholder: 'on|off',
    }),
    stop_delay: parsedBy(parseDuration).optional().meta({
      description:
        'How long new connections are still accepted after SIGTERM. 0s without reuse_port and 5s with it, unless it is set.',
      placeholder: 'duration',
    }),
    shutdown_timeout: parsedBy(parseDuration).prefault('30s').meta({
      description:
        'How long requests in flight may take to finish after SIGTERM, for example 30s, 1500ms, 2m.',
      placeholder: 'duration',
    }),
    dns_resolvers: parsedBy(parseNameServers).prefault('').meta({
      description:
        'Name servers to ask for targets and services, separated by commas. By default those of the system.',
      placeholder: 'ip[:port],…',
      isList: true,
    }),
    dns_order: parsedBy(parseDnsOrder).prefault('A,AAAA').meta({
      description:
        'Which addresses of names are used, A (IPv4) or AAAA (IPv6): the first kind that a name has any of.',
      placeholder: 'type,…',
      isList: true,
    }),
    trusted_ips: parsedBy(parseNetworks).prefault('').meta({
      description:
        'Addresses and CIDR blocks, separated by commas, whose X-Forwarded-* and real_ip_header are believed.',
      placeholder: 'ip,…',
      isList: true,
    }),
    real_ip_header: z
      .string()
      .regex(
        /^[A-Za-z0-9][A-Za-z0-9-]*$/,
        'must be the name of a request header, for example X-Real-IP or X-Forwarded-For',
      )
      .default('X-Real-IP')
      .meta({
        description:
          'Header that names the client when a trusted peer sends it; X-Forwarded-For is read from the right.',
        placeholder: 'header',
      }),
    ...LIMIT_SETTINGS,
  })
  .superRefine((settings, context) => {
    for (const { name, message } of settingConflicts(settings)) {
      context.addIssue({ code: 'custom', path: [name], message })
    }
  })

export type Settings = z.output<typeof SETTINGS_SCHEMA>
export type SettingName = keyof Settings

/** Every setting, in the order of the help. */
export const SETTING_NAMES = Object.keys(SETTINGS_SCHEMA.shape) as readonly SettingName[]

/** The default as a user would write it; empty when there is none. */
export function defaultText(name: SettingName): string {
  const { def } = SETTINGS_SCHEMA.shape[name]
  return 'defaultValue' in def ? def.defaultValue : ''
}

/** Settings whose value no message, log or answer may show. */
export const SECRET_SETTINGS: ReadonlySet<SettingName> = new Set(['admin_token'])

/** For the process after this one to listen, and for handshakes under way to end. */
const HANDOVER_DELAY_MS = 5_000

/** Milliseconds between a stop signal and the end of accepting. */
export function stopDelayMs({
  reuse_port,
  stop_delay,
}: Pick<Settings, 'reuse_port' | 'stop_delay'>): number {
  return stop_delay?.milliseconds ?? (reuse_port ? HANDOVER_DELAY_MS : 0)
}

/** What is wrong between settings that are each right by themselves. Settings left out are not looked at. */
export function settingConflicts(settings: Partial<Settings>): readonly SettingConflict[] {
  return [
    ...openAdminListeners(settings),
    ...sharedAddresses(settings),
    ...handoverWithoutMeans(settings),
  ]
}

interface SettingConflict {
  readonly name: SettingName
  readonly message: string
}

/** Settings that name an address to listen on. */
export const LISTENERS = [
  'proxy_listen',
  'proxy_tls_listen',
  'admin_listen',
  'admin_tls_listen',
] as const
const ADMIN_LISTENERS = ['admin_listen', 'admin_tls_listen'] as const

function openAdminListeners(settings: Partial<Settings>): SettingConflict[] {
  if (settings.admin_token !== undefined) return []
  return ADMIN_LISTENERS.flatMap((name) => {
    const address = settings[name]
    if (address === undefined || isLoopbackHost(address.host)) return []
    const message =
      'must be a loopback address as long as there is no admin_token, because whoever reaches the Admin API controls the traffic'
    return [{ name, message }]
  })
}

function sharedAddresses(settings: Partial<Settings>): SettingConflict[] {
  return LISTENERS.flatMap((name, index) => {
    const address = settings[name]
    if (address === undefined || address.port === 0) return []
    const other = LISTENERS.slice(0, index).find((before) =>
      isSameAddress(address, settings[before]),
    )
    return other === undefined ? [] : [{ name, message: `must differ from ${other}` }]
  })
}

function handoverWithoutMeans(settings: Partial<Settings>): SettingConflict[] {
  const conflicts: SettingConflict[] = []
  if (settings.reuse_port !== true) return conflicts
  if (settings.database === 'sqlite::memory:') {
    const message = 'must be a file with reuse_port, for the next process to go on with'
    conflicts.push({ name: 'database', message })
  }
  for (const name of LISTENERS) {
    if (settings[name]?.port !== 0) continue
    const message = 'must have a port of its own with reuse_port, for the next process to take over'
    conflicts.push({ name, message })
  }
  return conflicts
}

function isSameAddress(one: ListenAddress, other: ListenAddress | undefined): boolean {
  return one.host === other?.host && one.port === other.port
}
