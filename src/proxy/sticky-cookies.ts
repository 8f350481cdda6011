import type { IssuedCookie } from '../balancing/hash-key.ts'

/** A cookie that keeps a client on its variant. */
interface VariantCookie {
  readonly name: string
  readonly value: string
}

/**
 * Set-Cookie values for the cookies that a request came without: those of the variant
 * (`Path=/; HttpOnly; SameSite=Lax`) and that of the target, on its own path; `Secure` over TLS.
 * Kong writes `Same-Site`, which browsers ignore (RFC 6265bis section 4.1).
 */
export function stickyCookies(
  variant: readonly VariantCookie[],
  target: IssuedCookie | null,
  { isSecure }: { readonly isSecure: boolean },
): readonly string[] {
  if (variant.length === 0 && target === null) return NONE
  const cookies = variant.map((cookie) => setCookie({ ...cookie, path: '/' }, isSecure))
  if (target !== null) cookies.push(setCookie(target, isSecure))
  return cookies
}

const NONE: readonly string[] = []

function setCookie({ name, value, path }: IssuedCookie, isSecure: boolean): string {
  return `${name}=${value}; Path=${path}; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`
}
