/** A side of the canary plugin. */
export type CanarySide = 'primary' | 'canary'

/** An upstream that traffic-split chose in place of the service's own: its name, or its place among rules and items. */
export type SplitVariant = `split:${string}`

/** Where a request goes. */
export type Variant = CanarySide | SplitVariant

/** What chose the variant, in the order in which the rules are asked. */
export type DecisionRule =
  | 'traffic-split'
  | 'no-canary'
  | 'header-override'
  | 'never-groups'
  | 'always-groups'
  | 'allow'
  | 'deny'
  | 'hash'
  | 'upstream-fallback'
  | 'safety-net'

/** What the bucket was computed from; `none` cycles through the buckets. */
export type StickyKeySource = 'consumer' | 'ip' | 'header' | 'cookie' | 'none'

/** Variant, the rule that chose it and the numbers behind it: for the access log, the headers and "why me?". */
export interface Decision {
  readonly variant: Variant
  readonly rule: DecisionRule
  readonly pluginId: string | null
  /** Set by the rule `hash`; kept when `upstream-fallback` or `safety-net` overrules it. */
  readonly hash: HashEvidence | null
  /** A sticky cookie the answer must set, because the request came without one. */
  readonly issueCookie: { readonly name: string; readonly value: string } | null
}

export interface HashEvidence {
  readonly source: StickyKeySource
  /** The sticky key; null for `none`. */
  readonly key: string | null
  readonly salt: string
  /** 0 … 2^32 - 1. */
  readonly bucket: number
  /** Canary when bucket < threshold; 0 … 2^32. */
  readonly threshold: number
  /** Effective share in percent, 0 … 100. */
  readonly sharePercent: number
}

/** Which item of which rule of a traffic-split a request got, and what for. */
export interface SplitDecision {
  readonly pluginId: string
  /** Places in the configuration, from 0. */
  readonly rule: number
  readonly item: number
  /** Null when the items took turns. */
  readonly hash: SplitEvidence | null
  /** As in a decision. */
  readonly issueCookie: { readonly name: string; readonly value: string } | null
}

export type SplitEvidence = Pick<HashEvidence, 'source' | 'salt' | 'bucket'> & {
  readonly key: string
}
