import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { LongestFirst } from './test/support/longest-first.ts'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // Nothing runs at import time, so that files can share a process: a tenth of the whole time.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    // Gateways in processes of their own start in two thirds of the time.
    env: {
      NODE_COMPILE_CACHE: fileURLToPath(new URL('node_modules/.cache/compile', import.meta.url)),
    },
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // What is awaited comes at once on a free machine, and later on a busy one.
    expect: { poll: { timeout: 10_000 } },
    reporters: ['default'],
  },
})
