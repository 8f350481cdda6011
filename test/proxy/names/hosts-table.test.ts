import { expect, it } from 'vitest'
import { parseHostsTable } from '../../../src/proxy/names/hosts-table.ts'

it('reads every address of a name, and leaves out what is no address', () => {
  const table = parseHostsTable(
    [
      '# the machine',
      '127.0.0.1\tlocalhost  Shop.Test # both',
      '10.0.0.2 shop.test',
      '::1 localhost',
      'not-an-address other',
      '10.0.0.3',
    ].join('\n'),
  )
  expect(Object.fromEntries(table)).toEqual({
    localhost: ['127.0.0.1', '::1'],
    'shop.test': ['127.0.0.1', '10.0.0.2'],
  })
})
