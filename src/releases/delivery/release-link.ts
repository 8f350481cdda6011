import { errors, jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'

/** What a link lets its holder do. */
export const LINK_VERBS = ['approve', 'reject', 'rollback'] as const
export type LinkVerb = (typeof LINK_VERBS)[number]

export interface ReleaseLink {
  readonly releaseId: string
  readonly verb: LinkVerb
  /** Each can be used once: the event that it made holds this id. */
  readonly linkId: string
}

export type VerifiedLink =
  | { readonly kind: 'valid'; readonly link: ReleaseLink; readonly expiresAtMs: number }
  | { readonly kind: 'expired' }
  | { readonly kind: 'invalid' }

const LIFE_SECONDS = 7 * 86_400
const AUDIENCE = 'canary-release-link'
const CLAIMS = z.object({
  sub: z.string(),
  jti: z.string(),
  verb: z.enum(LINK_VERBS),
  exp: z.number(),
})

/** A token (JWT, HS256) that can stand in a URL, valid for 7 days. The key is 32 bytes or more. */
export async function signLink(
  { releaseId, verb, linkId }: ReleaseLink,
  key: Uint8Array,
  nowMs: number,
): Promise<string> {
  const issued = Math.floor(nowMs / 1000)
  return new SignJWT({ verb })
    .setProtectedHeader({ alg: 'HS256' })
    .setAudience(AUDIENCE)
    .setSubject(releaseId)
    .setJti(linkId)
    .setIssuedAt(issued)
    .setExpirationTime(issued + LIFE_SECONDS)
    .sign(key)
}

/** What a token says, when this key signed it. Whether it was used before is for the events to say. */
export async function verifyLink(
  token: string,
  key: Uint8Array,
  nowMs: number,
): Promise<VerifiedLink> {
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: ['HS256'],
      audience: AUDIENCE,
      currentDate: new Date(nowMs),
    })
    const { sub, jti, verb, exp } = CLAIMS.parse(payload)
    return {
      kind: 'valid',
      link: { releaseId: sub, verb, linkId: jti },
      expiresAtMs: exp * 1000,
    }
  } catch (error) {
    if (error instanceof errors.JWTExpired) return { kind: 'expired' }
    if (error instanceof errors.JOSEError || error instanceof z.ZodError) return { kind: 'invalid' }
    throw error
  }
}
