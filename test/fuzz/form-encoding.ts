import type { Document } from './valid-values.ts'

/** A field of a form: its key and its value. */
export type FormField = readonly [key: string, value: string]

/**
 * The same document as fields of a form, in the notation of Kong's Admin API: `config.percentage=10`, `hosts[]=a`,
 * `headers[region][]=north`, and an empty value for null. Records inside of lists are numbered from 1.
 */
export function formFields(document: Document): readonly FormField[] {
  return Object.entries(document).flatMap(([key, value]) => fieldsOf(key, value))
}

/** Fields as application/x-www-form-urlencoded. */
export function urlEncoded(fields: readonly FormField[]): string {
  return fields
    .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`)
    .join('&')
}

/** Fields as multipart/form-data with this boundary. */
export function multipart(fields: readonly FormField[], boundary: string): string {
  const parts = fields.map(
    ([key, value]) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${key}"\r\n\r\n${value}\r\n`,
  )
  return `${parts.join('')}--${boundary}--\r\n`
}

function fieldsOf(key: string, value: unknown): readonly FormField[] {
  if (value === null) return [[key, '']]
  if (Array.isArray(value)) return listFields(key, value)
  if (typeof value !== 'object') return [[key, String(value)]]
  return Object.entries(value).flatMap(([name, item]) => fieldsOf(memberKey(key, name), item))
}

function listFields(key: string, items: readonly unknown[]): readonly FormField[] {
  if (items.length === 0) return [[`${key}[]`, '']]
  return items.flatMap((item, index) =>
    typeof item === 'object' && item !== null
      ? fieldsOf(`${key}[${index + 1}]`, item)
      : fieldsOf(`${key}[]`, item),
  )
}

/** Both notations are used: dots for plain names, brackets for others. */
function memberKey(key: string, name: string): string {
  return /^\w+$/.test(name) ? `${key}.${name}` : `${key}[${name}]`
}
