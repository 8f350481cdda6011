import { readFile, stat } from 'node:fs/promises'

/** A file of the system in the form that is used; read again when it has changed. One that is not there is empty. */
export class ParsedFile<T> {
  readonly #path: string
  readonly #parse: (text: string) => T
  #read: { readonly version: string; readonly parsed: T } | null = null

  constructor(path: string, parse: (text: string) => T) {
    this.#path = path
    this.#parse = parse
  }

  /** Fails with what the file system says, unless there is no such file. */
  async current(): Promise<T> {
    const version = await this.#version()
    if (this.#read?.version !== version) {
      const text = version === ABSENT ? '' : await readFile(this.#path, 'utf8')
      this.#read = { version, parsed: this.#parse(text) }
    }
    return this.#read.parsed
  }

  async #version(): Promise<string> {
    try {
      const { ino, size, mtimeMs } = await stat(this.#path)
      return `${ino} ${size} ${mtimeMs}`
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ABSENT
      throw error
    }
  }
}

const ABSENT = 'absent'
