import { openStore } from '../../src/store/open-store.ts'
import { temporaryDatabase } from '../support/store-files.ts'
import { describeStore } from '../support/store-suite.ts'

describeStore('SQLite in a file', () => openStore(`sqlite:${temporaryDatabase()}`))
describeStore('SQLite in memory', () => openStore('sqlite::memory:'))
