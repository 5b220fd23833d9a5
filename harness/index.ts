/** The only door into the harness: exercises, solutions, specs and the grader import from here. */
export * from './errors.ts'
export * from './tensor.ts'
export * from './image.ts'
export type * from './pipeline-types.ts'
