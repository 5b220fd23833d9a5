/** The only door into the harness: exercises, solutions, specs and the grader import from here. */
export { describePipeline } from './describe.ts'
export * from './errors.ts'
export * from './image.ts'
export { StableDiffusion3Pipeline } from './pipeline.ts'
export type * from './pipeline-types.ts'
export { Generator, manualSeed } from './random.ts'
export { FlowMatchEulerDiscreteScheduler, type SchedulerConfig } from './scheduler.ts'
export * from './tensor.ts'
