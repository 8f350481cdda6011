import type { TrafficWindows } from '../../metrics/traffic/traffic-windows.ts'
import type { ReleaseController } from '../../releases/controller/release-controller.ts'
import type { AdminDependencies } from '../dependencies.ts'
import type { OpenWatches } from './watch-handler.ts'

/** What runs releases, and what measures them. */
export interface ReleaseParts {
  readonly controller: ReleaseController
  readonly traffic: Pick<TrafficWindows, 'minute' | 'hour'>
  readonly watches: OpenWatches
  /** Key of the links in messages. */
  readonly linkKey: Uint8Array
}

export type ReleaseDependencies = Pick<AdminDependencies, 'store' | 'snapshot' | 'now' | 'log'> &
  ReleaseParts & {
    /** The configuration is a file: releases cannot be written. */
    readonly isDeclarative: boolean
  }
