/** Runs tasks one after the other, in the order they came. A task that fails does not stop the next. */
export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve()

  /** Settles as the task does, once all tasks before it are through. */
  run<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#last.then(task)
    this.#last = result.catch(ignoreForTheNext)
    return result
  }
}

/** The failure is the caller's of that task, who holds its promise; the queue only waits for its end. */
function ignoreForTheNext(): void {}
