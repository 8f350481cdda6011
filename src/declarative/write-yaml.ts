import { stringify } from 'yaml'

/** No folded lines, no aliases, and quotes around what YAML 1.1, which decK reads, takes for something else (`yes`). */
const OPTIONS = { lineWidth: 0, aliasDuplicateObjects: false, compat: 'yaml-1.1' } as const

/** A document as YAML. */
export function yamlText(value: object): string {
  return stringify(value, OPTIONS)
}

/** An element of a list that stands so deep. */
export function yamlItem(value: object, indent: string): string {
  const text = yamlText([value])
  return indent === '' ? text : text.replace(/^(?=.)/gm, indent)
}
