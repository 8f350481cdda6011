/** Runs tasks one after the other, in the order they came. A task that fails does not stop the next. */
export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve()
  #waiting = 0

  /** Tasks that have not begun. */
  get waiting(): number {
    return this.#waiting
  }

  /** Settles as the task does, once all tasks before it are through. */
  run<T>(task: () => Promise<T>): Promise<T> {
    this.#waiting += 1
    const result = this.#last.then(() => {
      this.#waiting -= 1
      return task()
    })
    this.#last = result.catch(ignoreForTheNext)
    return result
  }
}

/** The failure is the caller's of that task, who holds its promise; the queue only waits for its end. */
function ignoreForTheNext(): void {}
