import { expect, test } from 'vitest'
import { OTHER_ID, parse, problems, SOME_ID } from './entity-input.ts'

test('a consumer group has a name', () => {
  expect(parse('consumer_groups', { name: 'gold tier' })).toEqual({
    id: SOME_ID,
    created_at: 1700000000,
    updated_at: 1700000001,
    name: 'gold tier',
    tags: null,
  })
  expect(problems('consumer_groups', {})).toEqual({ name: 'required field missing' })
  expect(problems('consumer_groups', { name: '' })).toEqual({ name: 'length must be at least 1' })
})

test('a membership is of a consumer and a group', () => {
  const ends = { consumer: { id: OTHER_ID }, consumer_group: { id: OTHER_ID } }
  expect(parse('consumer_group_consumers', ends)).toMatchObject(ends)
  expect(problems('consumer_group_consumers', {})).toEqual({
    consumer: 'required field missing',
    consumer_group: 'required field missing',
  })
})
