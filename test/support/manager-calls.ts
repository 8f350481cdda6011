import type { ManagerWorkspace } from './manager-workspace.ts'

/** One call that Kong Manager makes, and what its code reads of the answer. */
export interface ManagerCall {
  readonly title: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  path(workspace: ManagerWorkspace): string
  body?(workspace: ManagerWorkspace): object
  readonly status: number
  /** Fields that the document must have; a type stands for any value of it. */
  readonly answer?: object
}
