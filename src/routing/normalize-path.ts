// biome-ignore lint/performance/noBarrelFile: one rule, wanted by the route schema in model/ too, which imports nothing from here
export { type NormalizedPath, normalizePath } from '../model/normalize-path.ts'
