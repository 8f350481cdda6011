import { expect, test } from 'vitest'
import { maskSecrets } from '../../src/model/mask-secrets.ts'

test.each([
  ['postgres://u:secret@h/db', 'postgres://***@h/db'],
  ['postgres://u:se/cr@et@h/db', 'postgres://***@h/db'],
  ['postgres:u:secret@h', 'postgres:***@h'],
  ['u:secret@h/db', 'u:***@h/db'],
  ['postgres://h/db?user=u&password=secret&x=1', 'postgres://h/db?user=u&password=***&x=1'],
  ['host=h password = secret user=u', 'host=h password = *** user=u'],
  ['mysql://h/db', 'mysql://h/db'],
  ['./data/canary.db', './data/canary.db'],
  ['sqlite:./a@b.db', 'sqlite:./a@b.db'],
  ['', ''],
])('%j is shown as %j', (address, shown) => expect(maskSecrets(address)).toBe(shown))
