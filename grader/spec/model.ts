import { join, resolve } from 'node:path'
import { inject } from 'vitest'
import {
  describePipeline,
  locateCheckpoint,
  StableDiffusion3Pipeline,
  type GenerateOptions,
  type Pipeline,
  type PipelineComponents,
} from '#harness'
import { memoised } from './memoised.ts'
import './remembered.ts'

/** All there is to a Pipeline; also what a sandboxed submission may call. */
export const pipelineMethods = [
  'components',
  'encodePrompt',
  'encodeText',
  'transformer',
  'vaeEncode',
  'vaeDecode',
  'generate',
] as const satisfies readonly (keyof Pipeline)[]

let loaded: Promise<StableDiffusion3Pipeline> | undefined

/** The pipeline under study: SD3_MODEL on SD3_DEVICE, the bundled sd3-nano on the CPU by default; loaded once a worker. */
export function pipelineUnderTest(): Promise<StableDiffusion3Pipeline> {
  return (loaded ??= load())
}

async function load(): Promise<StableDiffusion3Pipeline> {
  const pipe = await StableDiffusion3Pipeline.fromPretrained(folderUnderTest())
  const memo = inject('memo')
  return memo === undefined ? pipe : memoised(pipe, memo)
}

function folderUnderTest(): string {
  return locateCheckpoint(process.env.SD3_MODEL || resolve('models/sd3-nano'))
}

let loadedTwin: Promise<StableDiffusion3Pipeline> | undefined

/** The DDPM model of the same architecture, data and training as sd3-nano; only where {@link hasTwin}. */
export function twinUnderTest(): Promise<StableDiffusion3Pipeline> {
  return (loadedTwin ??= loadTwin())
}

async function loadTwin(): Promise<StableDiffusion3Pipeline> {
  const pipe = await StableDiffusion3Pipeline.fromPretrained(resolve(TWIN))
  const memo = inject('memo')
  return memo === undefined ? pipe : memoised(pipe, join(memo, 'ddpm-twin'))
}

const TWIN = 'models/ddpm-twin'

/** Whether the model under study is the one that the bundled DDPM model is the twin of. */
export function hasTwin(): boolean {
  return folderUnderTest() === resolve('models/sd3-nano')
}

/** SD3 Medium, from its configs alone. */
export function mediumComponents(): Promise<PipelineComponents> {
  return describePipeline(resolve('models/sd3-medium'))
}

/** One call of a method on a recorded pipeline. */
export interface Call {
  method: keyof Pipeline
  args: unknown[]
}

/** A pipeline that notes every call before it passes it on: to see how a student used it. */
export function recorded(pipe: Pipeline): {
  pipe: Pipeline
  calls: Call[]
  generations: () => GenerateOptions[]
} {
  const calls: Call[] = []
  const recording = Object.fromEntries(
    pipelineMethods.map((method) => [
      method,
      (...args: unknown[]) => {
        calls.push({ method, args })
        return (pipe[method] as (...args: unknown[]) => unknown)(...args)
      },
    ]),
  ) as unknown as Pipeline
  const generations = () =>
    calls.filter(({ method }) => method === 'generate').map(({ args }) => args[0] as GenerateOptions)
  return { pipe: recording, calls, generations }
}
