import type { Notice } from '../document/notification.ts'

/** A release as gates and chats are told of it. */
export interface ToldRelease {
  readonly id: string
  readonly name: string
  readonly service: string
  /** Flagger's phase. */
  readonly phase: string
  /** Identifies what the release was asked to do: SHA-256 of its document, in hex. */
  readonly checksum: string
  /** `index` counts from 1; null when no step is under way. */
  readonly step: { readonly index: number; readonly count: number; readonly name: string } | null
  /** Percent of the canary, 0 to 100. */
  readonly sharePercent: number
  readonly groups: readonly string[]
}

/** Where the reader can act, and where to look. All open a page; none acts by itself. */
export interface NoticeLinks {
  readonly approve: string | null
  readonly reject: string | null
  readonly rollback: string | null
}

/** What was measured of one side over the last minute. */
export interface SideNumbers {
  readonly requests: number
  /** 0 to 1; null without requests. */
  readonly errorRate: number | null
  readonly p99Ms: number | null
}

export interface NoticeMessage {
  readonly notice: Notice
  readonly release: ToldRelease
  /** Epoch milliseconds. */
  readonly atMs: number
  /** In words; null when nobody said. */
  readonly reason: string | null
  /** Who; null: the release by itself. */
  readonly actor: string | null
  readonly numbers: { readonly primary: SideNumbers; readonly canary: SideNumbers } | null
  readonly links: NoticeLinks
}
