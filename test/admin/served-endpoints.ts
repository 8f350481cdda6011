import { createAdminApp } from '../../src/admin/admin-app.ts'
import type { AdminDependencies } from '../../src/admin/dependencies.ts'

export interface ServedEndpoint {
  readonly method: string
  /** With `:parameters`, as the router has it. */
  readonly path: string
}

interface Layer {
  readonly route?: { readonly path: string; readonly methods: Readonly<Record<string, boolean>> }
  readonly handle: { readonly stack?: readonly Layer[] }
}

/** Every method and path that the Admin API serves, read from its router: nothing can be forgotten. */
export function servedEndpoints(): readonly ServedEndpoint[] {
  // The routes do not depend on what the application is given.
  const dependencies = {
    listen: {},
    adminToken: null,
    releases: {},
  } as unknown as AdminDependencies
  const { router } = createAdminApp(dependencies)
  const found: ServedEndpoint[] = []
  const walk = (layers: readonly Layer[]) => {
    for (const { route, handle } of layers) {
      if (route === undefined) walk(handle.stack ?? [])
      else for (const method of Object.keys(route.methods)) found.push({ method, path: route.path })
    }
  }
  walk((router as unknown as { stack: readonly Layer[] }).stack)
  return found
    .filter(({ method }) => method !== '_all')
    .map(({ method, path }) => ({ method: method.toUpperCase(), path }))
}

/** A path that fits: every parameter is `x`. */
export function examplePath(path: string): string {
  return path.replaceAll(/:\w+/g, 'x')
}
