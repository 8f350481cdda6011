/** The operators of APISIX (reference apisix.md, b1), lower-case. */
export const OPERATOR_NAMES = [
  ...(['==', '~=', '>', '>=', '<', '<='] as const),
  ...(['~~', '~*', 'in', 'has', 'ipmatch'] as const),
] as const

export type OperatorName = (typeof OPERATOR_NAMES)[number]

export function isOperatorName(word: string): word is OperatorName {
  return (OPERATOR_NAMES as readonly string[]).includes(word)
}
