/** A proxy that is measured: it splits requests between the two upstreams by a hash of `x-user`. */
export interface Contestant {
  readonly name: string
  /** Starts it pinned to the server core; null when it is not installed. */
  start(surroundings: Surroundings): Promise<RunningContestant | null>
}

export interface Surroundings {
  /** Ports of the upstreams that answer `v1` and `v2`. */
  readonly ports: { readonly v1: number; readonly v2: number }
  /** Folder for configuration and data, removed at the end. */
  readonly folder: string
  /** Core the servers are pinned to; null when pinning is not possible. */
  readonly serverCore: number | null
}

export interface RunningContestant {
  readonly pid: number
  readonly port: number
  /** Request heads that the load sends in turn. */
  readonly heads: readonly string[]
  stop(): Promise<unknown>
}
