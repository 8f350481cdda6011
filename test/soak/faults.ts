import { FAULT_KINDS, type FaultKind, type FaultWindows } from './fault-windows.ts'
import { TROUBLED } from './services.ts'
import type { Target } from './target.ts'
import { rest } from './traffic/repeat.ts'

const LASTS_MS = 3_000
const BETWEEN_MS = 4_000

/**
 * Does something to one target of the troubled service after the other until the signal, and makes good for it: at
 * most one target is in trouble at a time.
 */
export async function injectFaults(
  targets: readonly Target[],
  windows: FaultWindows,
  signal: AbortSignal,
): Promise<void> {
  for (let n = 0; !signal.aborted; n += 1) {
    const target = targets[n % targets.length]
    // Another kind for each target in the next round.
    const kind = FAULT_KINDS[(n + Math.floor(n / targets.length)) % FAULT_KINDS.length]
    if (target === undefined || kind === undefined) return
    const close = windows.open(TROUBLED, kind)
    const heal = await begin(kind, target)
    await rest(LASTS_MS, signal)
    await heal()
    close(performance.now())
    await rest(BETWEEN_MS, signal)
  }
}

async function begin(kind: FaultKind, target: Target): Promise<() => Promise<void> | void> {
  switch (kind) {
    case 'killed':
      await target.kill()
      return () => target.comeBack()
    case 'frozen':
      target.freeze()
      return () => target.thaw()
    case 'failing':
      await target.setFailing(true)
      return () => target.setFailing(false)
  }
}
