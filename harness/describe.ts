import { Checkpoint, type CheckpointComponent } from './checkpoint/checkpoint.ts'
import { NetworkBuilder } from './networks/network-builder.ts'
import { networkOf } from './networks/index.ts'
import type { Component, PipelineComponents } from './pipeline-types.ts'
import { sizeOf } from './tensor.ts'

/**
 * Describes every component of a checkpoint from its configs alone: no weight file is opened, so SD3 Medium's
 * 7.7 billion parameters can be named and counted on any machine.
 * @param folder in diffusers' layout
 */
export async function describePipeline(folder: string): Promise<PipelineComponents> {
  const checkpoint = await Checkpoint.open(folder)
  const optional = async (name: string) => {
    const component = await checkpoint.component(name)
    return component && describeComponent(component)
  }
  const vae = describeComponent(await checkpoint.required('vae'))
  const config = await checkpoint.schedulerConfig()
  return {
    textEncoder: await optional('text_encoder'),
    textEncoder2: await optional('text_encoder_2'),
    textEncoder3: await optional('text_encoder_3'),
    transformer: describeComponent(await checkpoint.required('transformer')),
    vae,
    scheduler: { className: schedulerClass(config), config },
    vaeScaleFactor: 2 ** ((vae.config.block_out_channels as number[]).length - 1),
  }
}

/** Learned numbers, buffers left out. */
export function parameterCount({ parameters }: Component): number {
  return parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0)
}

/** What a config that names no class was made for is SD3's own scheduler. */
function schedulerClass({ _class_name: name = 'FlowMatchEulerDiscreteScheduler' }: Record<string, unknown>) {
  return typeof name === 'string' ? name : JSON.stringify(name)
}

/** Runs the network's definition without weights and keeps what it declared. */
function describeComponent({ name, className, config }: CheckpointComponent): Component {
  const builder = NetworkBuilder.create()
  for (const define of Object.values(networkOf(className).parts)) define(builder, config)
  return { name, className, config: config.read, parameters: builder.parameters, buffers: builder.buffers }
}
