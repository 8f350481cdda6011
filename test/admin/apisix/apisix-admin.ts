import { type Admin, type Answer, type Call, startAdmin } from '../admin-harness.ts'

/** The Admin API, called in APISIX's dialect: paths stand below /apisix/admin. */
export interface ApisixAdmin extends Admin {
  apisix(method: string, path: string, json?: unknown, call?: Call): Promise<Answer>
}

export async function startApisixAdmin(
  overrides: Parameters<typeof startAdmin>[0] = {},
): Promise<ApisixAdmin> {
  const admin = await startAdmin(overrides)
  return {
    ...admin,
    apisix: (method, path, json, call = {}) =>
      admin.call(method, `/apisix/admin${path}`, json === undefined ? call : { json, ...call }),
  }
}
