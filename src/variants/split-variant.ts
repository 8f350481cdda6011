import type { SplitVariant } from '../model/decision.ts'
import type { CompiledSplitItem } from './compile-split.ts'

/** What the name of an item is made of beside the item. */
export interface SplitPlace {
  /** Place of its rule, from 0. */
  readonly rule: number
  /** Name of the upstream with this id. */
  readonly upstreamName: (id: string) => string
}

/**
 * How an item is named in logs, fields and metrics: by its upstream, an inline one by its name or else by its place.
 * Null for the service's own upstream, where the canary plugin names the side.
 */
export function splitVariantOf(
  { destination, index }: CompiledSplitItem,
  { rule, upstreamName }: SplitPlace,
): SplitVariant | null {
  switch (destination.kind) {
    case 'service':
      return null
    case 'upstream':
      return `split:${upstreamName(destination.id)}`
    case 'inline': {
      const { name } = destination.upstream
      return name !== null && SHORT_NAME.test(name) ? `split:${name}` : `split:${rule}.${index}`
    }
  }
}

/** Stands in header fields, log lines and labels of metrics. */
const SHORT_NAME = /^[\w.-]{1,64}$/
