#!/usr/bin/env node
// @ts-check
// Old syntax only: this file must come as far as its error message on runtimes that cannot run the gateway.
import { existsSync, readFileSync } from 'node:fs'
import module from 'node:module'
import { fileURLToPath } from 'node:url'
import { runtimeProblem } from './runtime-floor.js'

const root = new URL('../', import.meta.url)
const manifest = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'))
const problem = runtimeProblem(process.versions.node, manifest.engines.node)

if (problem === null) {
  // Halves the time that a command takes to start. In a folder that no other user of the machine writes to; where
  // this one may not either, it is done without.
  module.enableCompileCache(fileURLToPath(new URL('node_modules/.cache/compile', root)))
  // An installed package has dist/ only: Node.js strips no types below node_modules.
  const source = new URL('src/main.ts', root)
  const built = new URL('dist/main.js', root)
  const main = !existsSync(source) && existsSync(built) ? built : source
  // As long as the program is still being loaded there is nothing to stop but this process. The listeners stay,
  // because a signal on its way to the last one of its kind is lost when that is removed.
  let isLoaded = false
  for (const signal of ['SIGTERM', 'SIGINT']) {
    process.on(signal, () => {
      if (!isLoaded) process.exit(0)
    })
  }
  import(main.href)
    .then((program) => {
      isLoaded = true
      return program.main(process.argv)
    })
    .catch(fail)
} else {
  fail(new Error(problem))
}

/** @param {unknown} error */
function fail(error) {
  process.stderr.write(`canary: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
