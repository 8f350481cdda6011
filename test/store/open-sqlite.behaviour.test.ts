import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { openStore } from '../../src/store/open-store.ts'
import type { Store } from '../../src/store/store.ts'
import { temporaryDatabase, temporaryFolder } from '../support/store-files.ts'
import { killNow, outputOf, scriptPath, startScript } from '../support/store-process.ts'
import { AUTHOR, storedRow, uuid } from '../support/store-rows.ts'
import { tamper } from '../support/store-tables.ts'

/** The user that has no rights of its own. */
const NOBODY = '65534'

it('keeps everything over a restart and leaves one file behind', async () => {
  const path = join(temporaryFolder(), 'not', 'yet', 'there', 'canary.db')
  const service = storedRow('services', 1, { name: 'shop' })
  const first = await openStore(`sqlite:${path}`)
  await insert(first, service)
  await first.close()
  expect(readdirSync(dirname(path))).toEqual(['canary.db'])
  const second = await openStore(`sqlite:${path}`)
  expect(await second.load()).toEqual({ version: 1, rows: [service] })
  expect((await insert(second, storedRow('services', 2))).version).toBe(2)
  await second.close()
})

it('gives the node an id that outlives restarts, and databases different ones', async () => {
  const path = temporaryDatabase()
  const first = await openStore(`sqlite:${path}`)
  const id = await first.nodeId()
  await first.close()
  const second = await openStore(`sqlite:${path}`)
  const other = await openStore('sqlite::memory:')
  expect(id).toMatch(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  expect(await second.nodeId()).toBe(id)
  expect(await other.nodeId()).not.toBe(id)
  await second.close()
  await other.close()
})

it('takes over a database made before nodes had ids, with all that is in it', async () => {
  const path = temporaryDatabase()
  const service = storedRow('services', 1)
  const store = await openStore(`sqlite:${path}`)
  await insert(store, service)
  await store.close()
  const later = ['node', 'release_link_key', 'release_stop', 'release_freezes']
  later.push('release_stop_lift', 'release_deliveries', 'release_events', 'releases')
  tamper(path, later.map((table) => `drop table ${table};`).join(''))
  tamper(path, "delete from kysely_migration where name >= '0002-node'")
  const upgraded = await openStore(`sqlite:${path}`)
  expect(await upgraded.nodeId()).toHaveLength(36)
  expect((await upgraded.load()).rows).toEqual([service])
  await upgraded.close()
})

it('lets nobody but its owner read the file, which holds credentials', async () => {
  const path = temporaryDatabase()
  const store = await openStore(`sqlite:${path}`)
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(statSync(`${path}-wal`).mode & 0o777).toBe(0o600)
  await store.close()
})

it('keeps a database in memory to itself', async () => {
  const [one, other] = [await openStore('sqlite::memory:'), await openStore('sqlite::memory:')]
  await insert(one, storedRow('services', 1))
  expect(await other.count('services')).toBe(0)
  await one.close()
  await other.close()
})

it('refuses a second gateway and names the process that has the database', async () => {
  const path = temporaryDatabase()
  const holder = startScript('store-holder', path)
  onTestFinished(() => killNow(holder))
  await opened(holder)
  const error = await refusal(path)
  expect(error.code).toBe('database_in_use')
  expect(error.message).toMatch(
    new RegExp(`^the database ${path} is in use by process ${holder.pid} since 20[0-9T:.-]+Z$`),
  )
  holder.stdin?.end()
  await once(holder, 'close')
  await (await openStore(`sqlite:${path}`)).close()
})

it('refuses a second opening in the same process, and the first goes on', async () => {
  const path = temporaryDatabase()
  const store = await openStore(`sqlite:${path}`)
  expect((await refusal(path)).message).toContain(`process ${process.pid} since`)
  await insert(store, storedRow('services', 1))
  const fromOutside = JSON.parse(await outputOf(startScript('store-opener', path)))
  expect(fromOutside.code).toBe('database_in_use')
  await store.close()
})

it('keeps others out after a large transaction too', async () => {
  const path = temporaryDatabase()
  const store = await openStore(`sqlite:${path}`)
  await store.change(
    AUTHOR,
    async (tx) => {
      for (let n = 1; n <= 1500; n++) await tx.insert(storedRow('consumers', n))
    },
    () => {},
  )
  const fromOutside = JSON.parse(await outputOf(startScript('store-opener', path)))
  expect(fromOutside.code).toBe('database_in_use')
  await insert(store, storedRow('services', 1))
  const log = `${path}-wal`
  // What was in the log is in the database, so that the log is written from its start again.
  expect(readFileSync(log).readUInt32BE(12)).toBeGreaterThan(0)
  await store.close()
})

it('answers reads while a change is under way, from what was committed before', async () => {
  const store = await openStore(`sqlite:${temporaryDatabase()}`)
  await insert(store, storedRow('services', 1))
  const written = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  const change = store.change(
    AUTHOR,
    async (tx) => {
      await tx.insert(storedRow('services', 2))
      written.resolve()
      await released.promise
    },
    () => {},
  )
  await written.promise
  expect(await store.count('services')).toBe(1)
  expect(await store.get('services', uuid(2))).toBeNull()
  released.resolve()
  await change
  expect(await store.count('services')).toBe(2)
  await store.close()
})

it('starts after kill -9, whoever has the process id now', async () => {
  const path = temporaryDatabase()
  const holder = startScript('store-holder', path)
  onTestFinished(() => killNow(holder))
  await opened(holder)
  await killNow(holder)
  // A living process under the id in the note, as after a reuse.
  const note = { pid: process.pid, host: hostname(), since: '2026-01-01T00:00:00.000Z' }
  writeFileSync(`${path}-holder`, JSON.stringify(note))
  await (await openStore(`sqlite:${path}`)).close()
  expect(existsSync(`${path}-holder`)).toBe(false)
})

it.each([
  ['nothing', ''],
  ['a note cut short', '{"pid": 1'],
  ['a note of other shape', '{"pid":"1"}'],
  [
    'a process that is gone',
    JSON.stringify({ pid: 2 ** 30, host: hostname(), since: '2026-01-01T00:00:00.000Z' }),
  ],
])('names nobody when the note beside a locked database holds %s', async (_, text) => {
  const path = temporaryDatabase()
  const store = await openStore(`sqlite:${path}`)
  writeFileSync(`${path}-holder`, text)
  expect((await refusal(path)).message).toMatch(/is in use by another process$/)
  await store.close()
})

it('names the machine when the holder is on another one', async () => {
  const path = temporaryDatabase()
  const store = await openStore(`sqlite:${path}`)
  const note = { pid: 7, host: 'elsewhere', since: '2026-01-01T00:00:00.000Z' }
  writeFileSync(`${path}-holder`, JSON.stringify(note))
  expect((await refusal(path)).message).toMatch(
    /process 7 on elsewhere since 2026-01-01T00:00:00.000Z$/,
  )
  await store.close()
})

it('checks the file after an unclean stop and refuses a damaged one', async () => {
  const path = temporaryDatabase()
  const store = await openStore(`sqlite:${path}`)
  for (let n = 1; n <= 300; n++) await insert(store, storedRow('consumers', n))
  await store.close()
  truncateSync(path, statSync(path).size - 3 * 4096)
  writeFileSync(`${path}-holder`, '')
  const error = await refusal(path)
  expect(error.code).toBe('cannot_open_database')
  expect(error.message).toContain(path)
  expect(error.message).toMatch(/damaged|malformed/)
})

it('refuses a file that is no database', async () => {
  const path = temporaryDatabase()
  writeFileSync(path, 'This is a letter, and a long one. '.repeat(100))
  const error = await refusal(path)
  expect(error.code).toBe('cannot_open_database')
  expect(error.message).toBe(`cannot open the database ${path}: the file is no SQLite database`)
})

it('refuses the database of another program and leaves it as it was', async () => {
  const path = temporaryDatabase()
  tamper(path, 'create table theirs (x)')
  const error = await refusal(path)
  expect(error.code).toBe('cannot_open_database')
  expect(error.message).toContain('another program')
  expect(readdirSync(dirname(path))).toEqual(['canary.db'])
})

it('refuses a schema newer than its own', async () => {
  const path = temporaryDatabase()
  await (await openStore(`sqlite:${path}`)).close()
  tamper(path, "insert into kysely_migration values ('9999-future', '2030-01-01T00:00:00.000Z')")
  const error = await refusal(path)
  expect(error.code).toBe('cannot_open_database')
  expect(error.message).toContain(path)
  expect(error.message).toContain('9999-future')
})

it('leaves nothing half done when a migration fails on the way', async () => {
  const path = temporaryDatabase()
  tamper(path, `pragma application_id = ${0x43616e61}; create table audit_log (in_the_way)`)
  expect((await refusal(path)).message).toContain('audit_log')
  tamper(path, 'drop table audit_log')
  const store = await openStore(`sqlite:${path}`)
  await insert(store, storedRow('services', 1))
  await store.close()
})

it('refuses a folder in the place of the file, and a file in the place of the folder', async () => {
  const folder = temporaryFolder()
  expect((await refusal(folder)).message).toContain(`cannot open the database ${folder}: `)
  writeFileSync(join(folder, 'file'), '')
  const error = await refusal(join(folder, 'file', 'canary.db'))
  expect(error.code).toBe('cannot_open_database')
  expect(error.message).toContain('a part of the path is a file')
})

it('refuses a folder without permission and a read-only file', async () => {
  const folder = temporaryFolder()
  chmodSync(folder, 0o755)
  mkdirSync(join(folder, 'locked'), { mode: 0o555 })
  const missing = join(folder, 'locked', 'canary.db')
  const readOnly = join(folder, 'read-only.db')
  await (await openStore(`sqlite:${readOnly}`)).close()
  chmodSync(readOnly, 0o444)
  for (const path of [missing, join(folder, 'locked', 'deeper', 'canary.db'), readOnly]) {
    expect(await refusalWithoutRights(path)).toEqual({
      code: 'cannot_open_database',
      message: `cannot open the database ${path}: no permission to read and write there`,
    })
  }
})

it('names kind and id of an entity whose document is damaged', async () => {
  const path = temporaryDatabase()
  const store = await openStore(`sqlite:${path}`)
  await insert(store, storedRow('services', 1))
  await store.close()
  tamper(path, `update entities set body = '{"id":' where id = '${uuid(1)}'`)
  const damaged = await openStore(`sqlite:${path}`)
  await expect(damaged.load()).rejects.toMatchObject({
    code: 'database_error',
    message: expect.stringContaining(`'services' entity ${uuid(1)}`),
  })
  await damaged.close()
})

it('reports an error of the database as such, with its cause', async () => {
  const path = temporaryDatabase()
  await (await openStore(`sqlite:${path}`)).close()
  tamper(path, 'alter table entity_tags rename to gone')
  const store = await openStore(`sqlite:${path}`)
  const error = await insert(store, storedRow('services', 1, { tags: ['a'] })).catch((e) => e)
  expect(error).toMatchObject({ code: 'database_error', cause: { code: 'SQLITE_ERROR' } })
  expect(await store.load()).toEqual({ version: 0, rows: [] })
  await store.close()
})

it('lives on when the disk is full, with everything it acknowledged', async () => {
  const path = temporaryDatabase()
  const script = 'ulimit -f 6000; exec "$0" "$1" "$2"'
  const child = spawn('bash', ['-c', script, process.execPath, scriptPath('store-filler'), path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const seen = JSON.parse(await outputOf(child))
  expect(seen.acknowledged).toBeGreaterThan(10)
  expect(seen).toEqual({
    code: 'database_unavailable',
    acknowledged: seen.acknowledged,
    version: seen.acknowledged,
    rowCount: seen.acknowledged,
    first: uuid(1),
    isReachable: true,
  })
  const store = await openStore(`sqlite:${path}`)
  expect((await store.load()).version).toBe(seen.acknowledged)
  await insert(store, storedRow('services', 1))
  await store.close()
})

function insert(store: Store, row: ReturnType<typeof storedRow>): Promise<{ version: number }> {
  return store.change(
    AUTHOR,
    (tx) => tx.insert(row),
    () => {},
  )
}

async function refusal(path: string): Promise<{ code: string; message: string }> {
  return openStore(`sqlite:${path}`).then(
    async (store) => {
      await store.close()
      throw new Error('it was opened')
    },
    (error) => error,
  )
}

/** The same without the rights of the superuser, which takes another process. */
async function refusalWithoutRights(path: string): Promise<{ code: string; message: string }> {
  const isSuperuser = process.getuid?.() === 0
  const child = startScript('store-opener', path, ...(isSuperuser ? [NOBODY] : []))
  return JSON.parse(await outputOf(child))
}

async function opened(child: ReturnType<typeof startScript>): Promise<void> {
  if (child.stdout === null) throw new Error('the output of the holder is not piped')
  await once(child.stdout, 'data')
}
