import { writeFile } from 'node:fs/promises'
import { AREAS } from './areas.ts'
import { renderPage } from './render-page.ts'

await writeFile(new URL('../../docs/kong-conformance.md', import.meta.url), renderPage(AREAS))
