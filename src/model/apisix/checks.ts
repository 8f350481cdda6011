import { filledHealthchecks } from '../healthchecks.ts'
import { fieldOfLine, type InlineChecks } from '../plugins/inline-checks.ts'
import type { Upstream } from '../upstream.ts'

type Healthchecks = NonNullable<Upstream['healthchecks']>

/** APISIX's checks in Kong's fields. `kept` has what Kong alone has words for. */
export function healthchecksOf(
  { active, passive }: InlineChecks,
  kept: Upstream['healthchecks'] = null,
): Healthchecks {
  return {
    active: {
      type: active.type,
      timeout: active.timeout,
      concurrency: active.concurrency,
      http_path: active.http_path,
      https_sni: active.host,
      https_verify_certificate: active.https_verify_certificate,
      headers: probeFields(active),
      healthy: active.healthy,
      unhealthy: active.unhealthy,
    },
    passive:
      passive === null
        ? null
        : {
            type: passive.type,
            healthy: passive.healthy,
            unhealthy: passive.unhealthy,
            recovery: kept?.passive?.recovery ?? null,
            max_ejected_percent: kept?.passive?.max_ejected_percent ?? null,
          },
    threshold: kept?.threshold ?? null,
  }
}

/** The nearest that APISIX can say of Kong's fields; null for no probes, without which it has no checks. */
export function checksOf(stored: Upstream['healthchecks']): object | null {
  const { active, passive } = filledHealthchecks(stored)
  if (active.healthy.interval === 0 && active.unhealthy.interval === 0) return null
  const { headers, https_sni: host, type, timeout, concurrency, http_path } = active
  const lines = Object.entries(headers ?? {}).filter(([name]) => name.toLowerCase() !== 'host')
  const { unhealthy } = passive
  const isPassive =
    passive.healthy.successes +
      unhealthy.http_failures +
      unhealthy.tcp_failures +
      unhealthy.timeouts >
    0
  return {
    active: {
      type,
      timeout,
      concurrency,
      http_path,
      https_verify_certificate: active.https_verify_certificate,
      ...(host === null ? {} : { host }),
      ...(lines.length === 0 ? {} : { req_headers: lines.flatMap(fieldLines) }),
      healthy: active.healthy,
      unhealthy: active.unhealthy,
    },
    ...(isPassive ? { passive: { type: passive.type, healthy: passive.healthy, unhealthy } } : {}),
  }
}

function fieldLines([name, values]: readonly [string, readonly string[]]): readonly string[] {
  return values.map((value) => `${name}: ${value}`)
}

function probeFields({
  host,
  req_headers: lines,
}: InlineChecks['active']): Readonly<Record<string, string[]>> {
  const fields: Record<string, string[]> = {}
  for (const [name, value] of (lines ?? []).map(fieldOfLine)) {
    fields[name] = [...(fields[name] ?? []), value]
  }
  return host === null ? fields : { ...fields, host: [host] }
}
