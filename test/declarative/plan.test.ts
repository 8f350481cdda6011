import { describe, expect, test } from 'vitest'
import { problemText } from '../../src/declarative/file-problem.ts'
import { countsOf, type Plan } from '../../src/declarative/plan.ts'
import { stableId } from '../../src/declarative/stable-id.ts'
import { EMPTY_SNAPSHOT, type Snapshot } from '../../src/model/snapshot.ts'
import { afterPlan, planOf, readSound } from './support.ts'

const HEAD = '_format_version: "3.0"\n'
const SHOP = `${HEAD}
services:
- name: shop
  host: 127.0.0.1
  routes:
  - paths: [/shop]
  - paths: [/cart]
  plugins:
  - {name: canary, config: {percentage: 10, upstream_host: next.test}}
consumers:
- username: anna
  keyauth_credentials: [{}]
`

function apply(text: string, snapshot: Snapshot = EMPTY_SNAPSHOT): Snapshot {
  const plan = planOf(readSound(text), snapshot)
  expect(plan.problems.map(problemText)).toEqual([])
  return afterPlan(plan, snapshot)
}

function problems(text: string, snapshot: Snapshot = EMPTY_SNAPSHOT): string[] {
  return planOf(readSound(text), snapshot).problems.map(problemText)
}

function steps({ writes, removals }: Plan): string[] {
  return [
    ...writes.map(({ action, entity: { kind }, changes }) =>
      [
        action,
        kind,
        ...changes.map(({ field, before, after }) => `${field} ${before}→${after}`),
      ].join(' '),
    ),
    ...removals.map(({ kind, name }) => `delete ${kind} ${name}`),
  ]
}

describe('the plan for a file', () => {
  test('creates everything in an empty gateway, and then has nothing to do, nameless entities included', () => {
    const file = readSound(SHOP)
    const plan = planOf(file)
    expect(countsOf(plan)).toEqual({ created: 6, changed: 0, deleted: 0, unchanged: 0 })
    const again = planOf(file, afterPlan(plan))
    expect(countsOf(again)).toEqual({ created: 0, changed: 0, deleted: 0, unchanged: 6 })
  })

  test('names the fields that change, and deletes what the file lacks', () => {
    const present = apply(SHOP)
    const changed = SHOP.replace('percentage: 10', 'percentage: 50').replace(
      /consumers:[\s\S]*/,
      '',
    )
    expect(steps(planOf(readSound(changed), present))).toEqual([
      'update plugins config.percentage 10→50',
      'delete keyauth_credentials null',
      'delete consumers anna',
    ])
  })

  test('shows no secret', () => {
    const text = `${HEAD}consumers: [{username: anna, jwt_secrets: [{key: a, secret: hunter2}]}]`
    const plan = planOf(readSound(text.replace('hunter2', 'hunter3')), apply(text))
    expect(steps(plan)).toEqual(['update jwt_secrets secret [redacted]→[redacted]'])
  })

  test('gives a new entity the id that Kong and decK would make of its name', () => {
    const [service] = planOf(readSound(`${HEAD}services: [{name: shop, host: a.test}]`)).writes
    expect(service?.id).toBe(stableId('services', 'shop'))
    expect(service?.id).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    )
  })

  test('keeps the id of what has the name already, and renames what has the id', () => {
    const id = 'aaaaaaaa-0000-4000-8000-000000000001'
    const present = apply(`${HEAD}services: [{id: ${id}, name: shop, host: a.test}]`)
    expect(
      countsOf(planOf(readSound(`${HEAD}services: [{name: shop, host: a.test}]`), present)),
    ).toEqual({ created: 0, changed: 0, deleted: 0, unchanged: 1 })
    const renamed = readSound(`${HEAD}services: [{id: ${id}, name: store, host: a.test}]`)
    expect(steps(planOf(renamed, present))).toEqual(['update services name shop→store'])
  })

  test('finds a certificate by itself, and order in sets says nothing', () => {
    const present = apply(`${HEAD}services: [{name: a, host: a.test, tags: [x, y]}]`)
    const other = readSound(`${HEAD}services: [{name: a, host: a.test, tags: [y, x]}]`)
    expect(countsOf(planOf(other, present)).unchanged).toBe(1)
  })

  test('resolves references by name and by id, in the file and to what stays', () => {
    const tagged = `${HEAD}_info: {select_tags: [mine]}\n`
    const present = apply(`${HEAD}services: [{name: theirs, host: a.test}]`)
    const text = `${tagged}routes: [{name: r, paths: [/], service: theirs}]
services: [{name: own, host: b.test}]
plugins:
- {name: key-auth, route: {name: r}}
- {name: key-auth, service: {id: ${stableId('services', 'theirs')}}}`
    const plan = planOf(readSound(text), present)
    expect(plan.problems.map(problemText)).toEqual([])
    expect(countsOf(plan)).toMatchObject({ created: 4, deleted: 0 })
    const after = afterPlan(plan, present)
    expect(after.tables.services.size).toBe(2)
    expect(steps(planOf(readSound(tagged), after)).sort()).toEqual([
      'delete plugins key-auth',
      'delete plugins key-auth',
      'delete routes r',
      'delete services own',
    ])
  })
})

describe('what is wrong with a file for a gateway', () => {
  test('a reference that leads nowhere, or to what the file deletes', () => {
    const present = apply(`${HEAD}services: [{name: old, host: a.test}]`)
    const text = `${HEAD}routes:\n- {paths: [/a], service: old}\n- {paths: [/b], service: gone}`
    expect(problems(text, present)).toEqual([
      "line 3, routes.1.service: 'old' is one of the services that this file deletes; put it into the file",
      "line 4, routes.2.service: 'gone' is none of the services in this file",
    ])
  })

  test('two entities with one name or one id', () => {
    const id = 'aaaaaaaa-0000-4000-8000-000000000001'
    expect(
      problems(`${HEAD}services:
- {id: ${id}, name: a, host: a.test}
- {id: ${id}, name: b, host: a.test}
- {name: a, host: a.test}`),
    ).toEqual([
      `line 4, services.2.id: another entity has the id ${id} too`,
      'line 5, services.3.name: must be unique, but it is that of the entity on line 3',
    ])
  })

  test('a name that an entity has which stays', () => {
    const present = apply(`${HEAD}consumers: [{username: anna, custom_id: one}]`)
    const text = `${HEAD}_info: {select_tags: [mine]}
consumers: [{username: berta, custom_id: one, id: aaaaaaaa-0000-4000-8000-000000000001}]`
    expect(problems(text, present)).toEqual([
      expect.stringMatching(/^line 3, consumers.1.custom_id: must be unique, but .*, which stays/),
    ])
  })

  test('a deletion that something which stays stands against', () => {
    const present = apply(`${HEAD}
services: [{name: shop, host: a.test, tags: [mine], routes: [{name: r, paths: [/]}]}]`)
    expect(problems(`${HEAD}_info: {select_tags: [mine]}`, present)).toEqual([
      "'shop' of the services is not in the file and would be deleted, but 'r' of the routes, which stays, refers to it",
    ])
  })

  test('a plugin that shares no protocol with its route', () => {
    expect(
      problems(`${HEAD}
routes: [{name: r, paths: [/], protocols: [https], plugins: [{name: key-auth, protocols: [http]}]}]`),
    ).toEqual(["line 3, routes.1.plugins.1.protocols: must match the associated route's protocols"])
  })
})
