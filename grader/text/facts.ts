import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import {
  describePipeline,
  FlowMatchEulerDiscreteScheduler,
  sizeOf,
  type Component,
  type PipelineComponents,
} from '#harness'
import { readPrinted } from './printed.ts'

/** What SD3 Medium and sd3-nano are, from their configs. */
export const medium = await describePipeline(resolve('models/sd3-medium'))
export const nano = await describePipeline(resolve('models/sd3-nano'))

export function parametersOf(component: Component | null): number {
  return elements(component?.parameters ?? [])
}

export function buffersOf(component: Component): number {
  return elements(component.buffers)
}

export function elements(tensors: readonly { shape: number[] }[]): number {
  return tensors.reduce((sum, { shape }) => sum + sizeOf(shape), 0)
}

/** A number of a config. @throws Error when there is none of this name */
export function setting(
  { name, config }: Pick<Component, 'config'> & { name?: string },
  key: string,
): number {
  const value = config[key]
  if (typeof value !== 'number') throw new Error(`${name ?? 'A config'} has no number ${key}.`)
  return value
}

export function encodersOf(components: PipelineComponents): Component[] {
  return [components.textEncoder, components.textEncoder2, components.textEncoder3].filter(
    (encoder) => encoder !== null,
  )
}

/** What a file of the kit says, by a pattern with one group. @throws Error when it does not say it exactly once */
export async function found(path: string, pattern: RegExp): Promise<string> {
  const matches = [...(await readFile(path, 'utf8')).matchAll(new RegExp(pattern, `${pattern.flags}g`))]
  if (matches.length !== 1) throw new Error(`${path} says ${pattern} ${matches.length} times, not once.`)
  return matches[0][1]
}

const { printed } = await readPrinted()

/** What a spec prints on the solutions, by a pattern with one group. @throws Error when it does not print it exactly once */
export function printedAs(name: string, pattern: RegExp): string {
  const matches = [...(printed[name] ?? '').matchAll(new RegExp(pattern, `${pattern.flags}g`))]
  if (matches.length !== 1) throw new Error(`${name} prints ${pattern} ${matches.length} times, not once.`)
  return matches[0][1]
}

/** What a run takes when it is not told otherwise. */
export const defaultSteps = Number(await found('harness/pipeline.ts', /numInferenceSteps = (\d+)/))
export const defaultGuidance = Number(await found('harness/pipeline.ts', /guidanceScale = (\d+)/))

/** Rows of the prompt embeddings. */
export const clipTokens = setting(medium.textEncoder!, 'max_position_embeddings')
export const t5Tokens = Number(await found('harness/prompt-embeddings.ts', /maxSequenceLength = (\d+)/))
export const textTokens = clipTokens + t5Tokens

/** Latent cells on a side of a picture, and the tokens they make. @param pixels on a side */
export function cellsAt(pixels: number, { vaeScaleFactor }: PipelineComponents = medium): number {
  return pixels / vaeScaleFactor
}

export function imageTokensAt(pixels: number, components: PipelineComponents = medium): number {
  return (cellsAt(pixels, components) / setting(components.transformer, 'patch_size')) ** 2
}

/** SD3's noise levels of a run, the final 0 included. @param shift its own by default */
export function sigmasOf(steps: number, shift = setting(medium.scheduler, 'shift')): number[] {
  const scheduler = new FlowMatchEulerDiscreteScheduler({ ...medium.scheduler.config, shift })
  scheduler.setTimesteps(steps)
  return [...scheduler.sigmas]
}

/** Where the last step starts; the same for any number of steps above one. */
export const lastSigma = sigmasOf(defaultSteps)[defaultSteps - 1].toFixed(4)
