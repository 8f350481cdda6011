#!/usr/bin/env node
// @ts-check
// Old syntax only: this file must come as far as its error message on runtimes that cannot run the gateway.
import { existsSync, readFileSync } from 'node:fs'
import { runtimeProblem } from './runtime-floor.js'

const root = new URL('../', import.meta.url)
const manifest = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'))
const problem = runtimeProblem(process.versions.node, manifest.engines.node)

if (problem === null) {
  // An installed package has dist/ only: Node.js strips no types below node_modules.
  const source = new URL('src/main.ts', root)
  const built = new URL('dist/main.js', root)
  const main = !existsSync(source) && existsSync(built) ? built : source
  import(main.href).then((program) => program.main(process.argv)).catch(fail)
} else {
  fail(new Error(problem))
}

/** @param {unknown} error */
function fail(error) {
  process.stderr.write(`canary: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
