import { name } from '../../../model/fields.ts'
import type { ApisixWrite } from './apisix-resource.ts'

/** The name that an entity can have in Kong's dialect too, where names are short words and unique; else null. */
export async function kongNameOf(
  { transaction }: ApisixWrite,
  kind: 'services' | 'routes',
  { given, id }: { readonly given: string | null; readonly id: string },
): Promise<string | null> {
  if (given === null || !name().safeParse(given).success) return null
  const holder = await transaction.find(kind, { name: given })
  return holder === null || holder.entity.id === id ? given : null
}
