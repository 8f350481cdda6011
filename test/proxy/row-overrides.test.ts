import { expect, it } from 'vitest'
import { BalancerState } from '../../src/balancing/balancer-state.ts'
import { HealthState } from '../../src/balancing/health/health-state.ts'
import { RetryBudgets } from '../../src/balancing/retry-budgets.ts'
import type { Change, StoredEntity } from '../../src/model/entity.ts'
import type { Plugin } from '../../src/model/plugin.ts'
import { LiveConfiguration } from '../../src/proxy/live-configuration.ts'
import { storedRow, uuid } from '../support/store-rows.ts'

const SERVICE = storedRow('services', 1)

function canaryAt(percentage: number, fields: object = {}): StoredEntity<'plugins'> {
  return storedRow('plugins', 2, {
    name: 'canary',
    service: { id: uuid(1) },
    config: { percentage, upstream_host: 'v2.test', ...fields },
  })
}

const AT_ZERO = {
  kind: 'plugins',
  id: uuid(2),
  apply: (stored: StoredEntity<'plugins'>): StoredEntity<'plugins'> => ({
    ...stored,
    entity: { ...stored.entity, config: { ...stored.entity.config, percentage: 0 } } as Plugin,
  }),
} as const

function live(): LiveConfiguration {
  const configuration = new LiveConfiguration({
    balancer: new BalancerState(),
    health: new HealthState(() => 0.5),
    budgets: new RetryBudgets(),
  })
  configuration.load(1, [SERVICE, canaryAt(50)])
  return configuration
}

function served(configuration: LiveConfiguration): unknown {
  const plugin = configuration.snapshot.tables.plugins.get(uuid(2))?.entity
  return plugin?.name === 'canary' ? plugin.config : null
}

function replaced(after: StoredEntity<'plugins'> | null): Change[] {
  return [{ kind: 'plugins', id: uuid(2), before: canaryAt(50), after }]
}

it('an override is served at once, under the same version', () => {
  const configuration = live()
  configuration.override(AT_ZERO)
  expect(served(configuration)).toMatchObject({ percentage: 0, upstream_host: 'v2.test' })
  expect(configuration.snapshot.version).toBe(1)
})

it('an override is on top of what was prepared before it', () => {
  const configuration = live()
  configuration.prepare(replaced(canaryAt(75)), 2)
  configuration.override(AT_ZERO)
  configuration.activate()
  expect(served(configuration)).toMatchObject({ percentage: 0 })
  expect(configuration.snapshot.version).toBe(2)
})

it('an override is on top of what is being prepared in slices', async () => {
  const configuration = live()
  let isOverridden = false
  await configuration.prepareInSlices(replaced(canaryAt(75)), 2, async () => {
    if (isOverridden) return
    isOverridden = true
    configuration.override(AT_ZERO)
  })
  configuration.activate()
  expect(served(configuration)).toMatchObject({ percentage: 0 })
})

it('an override stays on top of later changes, whose other fields are served', () => {
  const configuration = live()
  configuration.override(AT_ZERO)
  configuration.prepare(replaced(canaryAt(75, { upstream_host: 'v3.test' })), 2)
  configuration.activate()
  expect(served(configuration)).toMatchObject({ percentage: 0, upstream_host: 'v3.test' })
  configuration.liftOverride(AT_ZERO)
  configuration.prepare(replaced(canaryAt(20)), 3)
  configuration.activate()
  expect(served(configuration)).toMatchObject({ percentage: 20 })
})

it('an override does not bring back what was deleted', () => {
  const configuration = live()
  configuration.override(AT_ZERO)
  configuration.prepare(replaced(null), 2)
  configuration.activate()
  expect(served(configuration)).toBeNull()
})
