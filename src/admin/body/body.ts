import type { FormTree } from './form-tree.ts'

/** A body as it was sent. A form can only be read once it is known what is being written. */
export type Body =
  | { readonly type: 'json'; readonly fields: Readonly<Record<string, unknown>> }
  | { readonly type: 'form'; readonly tree: FormTree }

export const EMPTY_BODY: Body = { type: 'json', fields: {} }
