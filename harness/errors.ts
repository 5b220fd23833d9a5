/**
 * The base of every error this project throws on purpose. The message is two lines:
 * what came and what was wrong with it, then what to do.
 */
export class HarnessError extends Error {
  readonly code: string

  constructor(code: string, problem: string, remedy: string, options?: ErrorOptions) {
    super(`${problem}\n${remedy}`, options)
    this.name = new.target.name
    this.code = code
  }
}

/** A tensor, picture or size of the wrong shape. */
export class ShapeError extends HarnessError {
  constructor(problem: string, remedy: string) {
    super('SHAPE', problem, remedy)
  }
}

/** An argument outside what the function accepts. */
export class ArgumentError extends HarnessError {
  constructor(problem: string, remedy: string) {
    super('ARGUMENT', problem, remedy)
  }
}

/** A checkpoint folder, config or weight file that is missing, damaged or does not fit the network. */
export class CheckpointError extends HarnessError {
  constructor(problem: string, remedy: string, options?: ErrorOptions) {
    super('CHECKPOINT', problem, remedy, options)
  }
}

/** A config value this harness does not implement. */
export class UnsupportedError extends HarnessError {
  constructor(problem: string, remedy: string) {
    super('UNSUPPORTED', problem, remedy)
  }
}

/** A device that cannot be used, or that failed while running. */
export class DeviceError extends HarnessError {
  constructor(problem: string, remedy: string, options?: ErrorOptions) {
    super('DEVICE', problem, remedy, options)
  }
}

/** A model hub that cannot be reached, that refuses, or that sent something else than it announced. */
export class HubError extends HarnessError {
  constructor(problem: string, remedy: string, options?: ErrorOptions) {
    super('HUB', problem, remedy, options)
  }
}

/** Thrown by an exercise's stub: the task has not been started. */
export class TodoError extends HarnessError {
  readonly task: string

  /**
   * @param file the stub's `import.meta.url`
   * @param task the task's id
   * @param todo one sentence that says what to return
   */
  constructor(file: string, task: string, todo: string) {
    const path = file.replace(/^.*\/(?=exercises\/)/, '')
    super('TODO', `TODO ${task} in ${path}`, todo)
    this.task = task
  }
}
