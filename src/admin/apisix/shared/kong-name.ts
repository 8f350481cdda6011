import { name } from '../../../model/fields.ts'
import type { ConfigurationView } from './configuration-view.ts'

/** The name that an entity can have in Kong's dialect too, where names are short words and unique; else null. */
export function kongNameOf(
  view: ConfigurationView,
  kind: 'services' | 'routes',
  { given, id }: { readonly given: string | null; readonly id: string },
): string | null {
  if (given === null || !name().safeParse(given).success) return null
  const isTaken = view.where(kind, 'name', given).some((other) => other.id !== id)
  return isTaken ? null : given
}
