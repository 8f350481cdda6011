import { describe, expect, it } from 'vitest'
import {
  MAX_DELIVERIES,
  type ReleaseTransaction,
  type StoredRelease,
} from '../../src/store/releases/release-store.ts'
import { happened, SERVICE_ADDRESS, STARTED, storedRelease } from './release-rows.ts'
import { type OpenStore, refusalOf, useStore } from './store-fixture.ts'
import { AUDIT_PAGE, AUTHOR, storedRow, uuid } from './store-rows.ts'

const ALL = { size: 100, after: null, serviceId: null, standing: null } as const

/** What every database must promise of releases. */
export function describeReleases(open: OpenStore): void {
  const on = useStore(open)
  const insert = (...releases: StoredRelease[]) =>
    on.change(async (tx) => {
      for (const release of releases) await tx.releases.insert(release)
    })
  const append = (id: string, addition: Parameters<ReleaseTransaction['append']>[1]) =>
    on.change((tx) => tx.releases.append(id, addition))

  describe('releases', () => {
    it('are read as they were written, with their events in order', async () => {
      const release = storedRelease(1)
      await insert(release)
      const events = [happened(STARTED), happened({ type: 'step-started', step: 0 })]
      const { result } = await append(release.id, { lastSequence: 0, events, outcome: null })
      expect(result.map(({ sequence }) => sequence)).toEqual([1, 2])
      await append(release.id, {
        lastSequence: 2,
        events: [happened({ type: 'paused', cause: 'requested' }, { reason: 'lunch' })],
        outcome: null,
      })
      expect(await on.store.releases.get(release.id)).toEqual(release)
      expect(await on.store.releases.events(release.id)).toEqual([
        { ...events[0], sequence: 1, requestId: AUTHOR.requestId },
        { ...events[1], sequence: 2, requestId: AUTHOR.requestId },
        {
          ...happened({ type: 'paused', cause: 'requested' }, { reason: 'lunch' }),
          sequence: 3,
          requestId: AUTHOR.requestId,
        },
      ])
    })

    it('are written with the configuration, or neither is', async () => {
      const release = storedRelease(1)
      await insert(release)
      const service = storedRow('services', 1)
      const work = on.store.change(
        AUTHOR,
        async (tx) => {
          await tx.insert(service)
          await tx.releases.append(release.id, {
            lastSequence: 0,
            events: [happened(STARTED)],
            outcome: null,
          })
        },
        () => {
          throw new Error('does not compile')
        },
      )
      await expect(work).rejects.toThrow('does not compile')
      expect(await on.store.releases.events(release.id)).toEqual([])
      expect((await on.store.load()).rows).toEqual([])
    })

    it('change neither the version of the configuration nor the audit log', async () => {
      const { version } = await insert(storedRelease(1))
      expect(version).toBe(0)
      expect((await on.store.audit(AUDIT_PAGE)).rows).toEqual([])
    })

    it('are refused when something happened meanwhile', async () => {
      const release = storedRelease(1)
      await insert(release)
      const events = [happened(STARTED)]
      await append(release.id, { lastSequence: 0, events, outcome: null })
      const late = await refusalOf(append(release.id, { lastSequence: 0, events, outcome: null }))
      expect([late.code, late.status]).toEqual(['release_conflict', 409])
      expect(await on.store.releases.events(release.id)).toHaveLength(1)
    })

    it('are alone on their service and in their name while they are live', async () => {
      const first = storedRelease(1, { name: 'shop-v2', serviceId: uuid(50) })
      await insert(first)
      const onService = storedRelease(2, { serviceId: uuid(50) })
      expect((await refusalOf(insert(onService))).message).toContain("live release, 'shop-v2'")
      const sameName = storedRelease(3, { name: 'shop-v2' })
      expect((await refusalOf(insert(sameName))).message).toContain("the name 'shop-v2'")

      const events = [happened({ type: 'failed' })]
      await append(first.id, { lastSequence: 0, events, outcome: 'failed' })
      await insert(onService, sameName)
      const again = {
        lastSequence: 1,
        events: [happened({ type: 'retried', service: SERVICE_ADDRESS })],
        outcome: null,
      }
      expect((await refusalOf(append(first.id, again))).code).toBe('release_conflict')
    })

    it('are found by name, the live one first, then the newest', async () => {
      const ended = { name: 'shop', outcome: 'succeeded' } as const
      await insert(storedRelease(1, ended), storedRelease(2, { name: 'shop' }))
      await insert(storedRelease(3, ended))
      expect((await on.store.releases.named('shop'))?.id).toBe(uuid(2))
      await append(uuid(2), {
        lastSequence: 0,
        events: [happened({ type: 'failed' })],
        outcome: 'failed',
      })
      expect((await on.store.releases.named('shop'))?.id).toBe(uuid(3))
      expect(await on.store.releases.named('nothing')).toBeNull()
      expect(await on.store.releases.liveOfService(uuid(1002))).toBeNull()
    })

    it('are listed newest first, in pages, by service and by where they stand', async () => {
      await insert(
        storedRelease(1, { serviceId: uuid(50), outcome: 'succeeded' }),
        storedRelease(2, { serviceId: uuid(50) }),
        storedRelease(3),
      )
      const ids = async (query: Partial<Parameters<typeof on.store.releases.list>[0]>) =>
        (await on.store.releases.list({ ...ALL, ...query })).rows.map(({ id }) => id)
      expect(await ids({})).toEqual([uuid(3), uuid(2), uuid(1)])
      expect(await ids({ serviceId: uuid(50) })).toEqual([uuid(2), uuid(1)])
      expect(await ids({ standing: 'live' })).toEqual([uuid(3), uuid(2)])
      expect(await ids({ standing: 'succeeded' })).toEqual([uuid(1)])
      const first = await on.store.releases.list({ ...ALL, size: 2 })
      expect(first.rows).toHaveLength(2)
      expect(await ids({ after: first.next })).toEqual([uuid(1)])
    })

    it('stay when their service goes', async () => {
      await on.insert(storedRow('services', 1))
      await insert(storedRelease(2, { serviceId: uuid(1) }))
      await on.remove(storedRow('services', 1))
      expect((await on.store.releases.get(uuid(2)))?.serviceId).toBe(uuid(1))
    })

    it('go with their events and deliveries', async () => {
      await insert(storedRelease(1))
      await append(uuid(1), {
        lastSequence: 0,
        events: [happened(STARTED)],
        outcome: null,
      })
      await on.store.releases.recordDeliveries(uuid(1), [{ n: 1 }])
      expect((await on.change((tx) => tx.releases.remove(uuid(1)))).result).toBe(true)
      expect((await on.change((tx) => tx.releases.remove(uuid(1)))).result).toBe(false)
      expect(await on.store.releases.events(uuid(1))).toEqual([])
      const page = await on.store.releases.deliveries(uuid(1), { size: 10, after: null })
      expect(page.rows).toEqual([])
    })

    it('keep the newest deliveries only', async () => {
      await insert(storedRelease(1))
      const records = Array.from({ length: MAX_DELIVERIES + 5 }, (_, n) => ({ n }))
      await on.store.releases.recordDeliveries(uuid(1), records.slice(0, 10))
      await on.store.releases.recordDeliveries(uuid(1), records.slice(10))
      const first = await on.store.releases.deliveries(uuid(1), { size: 1000, after: null })
      expect(first.rows[0]).toEqual({ n: MAX_DELIVERIES + 4 })
      expect(first.rows.at(-1)).toEqual({ n: 5 })
      await on.store.releases.recordDeliveries(uuid(99), [{ n: 1 }])
    })
  })

  describe('the stop and the freezes of the gateway', () => {
    it('are kept until they are lifted', async () => {
      expect(await on.store.releases.stop()).toBeNull()
      const stop = { reason: 'incident', actor: 'anna', atMs: 5 }
      await on.change((tx) => tx.releases.setStop({ ...stop, reason: 'other' }))
      await on.change((tx) => tx.releases.setStop(stop))
      expect(await on.store.releases.stop()).toEqual(stop)
      const lift = { reason: 'over', actor: 'bert', atMs: 6 }
      expect(await on.store.releases.lastLift()).toBeNull()
      const first = await on.change((tx) => tx.releases.liftStop(lift))
      expect(await on.store.releases.stop()).toBeNull()
      const second = await on.change((tx) => tx.releases.liftStop({ ...lift, reason: null }))
      expect([first.result, second.result]).toEqual([true, false])
      expect(await on.store.releases.lastLift()).toEqual(lift)
    })

    it('are listed as they begin', async () => {
      const freeze = (n: number, from: string) => ({
        id: uuid(n),
        from,
        until: '2027-01-02T00:00:00Z',
        reason: null,
        actor: 'anna',
        createdAtMs: 7,
      })
      const later = freeze(1, '2027-01-01T00:00:00+01:00')
      const sooner = freeze(2, '2026-12-31T22:00:00Z')
      await on.change(async (tx) => {
        await tx.releases.addFreeze(later)
        await tx.releases.addFreeze(sooner)
      })
      expect(await on.store.releases.freezes()).toEqual([sooner, later])
      expect((await on.change((tx) => tx.releases.removeFreeze(uuid(2)))).result).toBe(true)
      expect((await on.change((tx) => tx.releases.removeFreeze(uuid(2)))).result).toBe(false)
    })
  })

  it('the key of links is made once, of 32 bytes', async () => {
    const key = await on.store.releases.linkKey()
    expect(Buffer.from(key, 'base64url')).toHaveLength(32)
    expect(await on.store.releases.linkKey()).toBe(key)
  })
}
