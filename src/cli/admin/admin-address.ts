/** Where a gateway is, and who calls. */
export interface AdminAddress {
  readonly url: string
  readonly token: string | null
}

export const DEFAULT_ADMIN_URL = 'http://127.0.0.1:8001'
