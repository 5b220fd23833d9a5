import type { Component, Parameter, PipelineComponents } from '#harness'
import { blockModules } from './components.ts'
import { draw } from './draws.ts'
import { anyInteger, anyOf } from './fresh.ts'

/** A network of a few layers that nobody has seen: sizes and order drawn anew, no two classes of equal size. */
export function freshNetwork(name: string): Component {
  const width = anyInteger(3, 9)
  const parameters = shuffled([
    ...layer('embed', 'Embedding', [anyInteger(80, 99), width]),
    ...layer('conv_in', 'Conv2d', [width, anyInteger(2, 4), 3, 3]),
    ...linear(`layers.0.fc${anyInteger(1, 9)}`, width, anyInteger(200, 400)),
    ...linear('layers.1.proj', width, anyInteger(20, 40)),
    ...layer('final_norm', 'LayerNorm', [width]),
    parameterOf('logit_scale', '', 'Scale', []),
  ])
  return {
    name,
    className: `Toy${anyInteger(100, 999)}Model`,
    config: {},
    parameters,
    buffers: [parameterOf('embed.position_ids', 'embed', 'Embedding', [1, anyInteger(10, 99)])],
  }
}

/** A pipeline that nobody has seen. */
export function freshComponents(): PipelineComponents {
  return {
    textEncoder: freshNetwork('text_encoder'),
    textEncoder2: freshNetwork('text_encoder_2'),
    textEncoder3: freshNetwork('text_encoder_3'),
    transformer: freshTransformer(),
    vae: freshNetwork('vae'),
    scheduler: { className: 'FlowMatchEulerDiscreteScheduler', config: {} },
    vaeScaleFactor: anyOf([4, 16]),
  }
}

/** An MMDiT in SD3's layout that nobody has seen: more than ten blocks, and a last one that lacks some text modules. */
export function freshTransformer(): Component {
  const heads = anyInteger(2, 5)
  const headSize = anyInteger(2, 4)
  const width = heads * headSize
  const blocks = anyInteger(12, 15)
  const lacking: string[] = shuffled(blockModules.text).slice(0, anyInteger(1, 4))
  const modules = shuffled([...blockModules.image, ...blockModules.text])
  const parameters = [
    ...layer('pos_embed.proj', 'Conv2d', [width, anyInteger(5, 9), 2, 2]),
    ...linear('time_text_embed.timestep_embedder.linear_1', width, anyInteger(70, 90)),
    ...linear('time_text_embed.text_embedder.linear_1', width, anyInteger(20, 30)),
    ...linear('context_embedder', width, anyInteger(140, 160)),
    ...Array.from({ length: blocks }, (_, block) =>
      modules
        .filter((module) => block < blocks - 1 || !lacking.includes(module))
        .flatMap((module) => linear(`transformer_blocks.${block}.${module}`, width, width)),
    ).flat(),
    ...linear('proj_out', anyInteger(2, 3), width),
  ]
  return {
    name: 'transformer',
    className: `Toy${anyInteger(100, 999)}Transformer2DModel`,
    config: {
      num_layers: blocks,
      num_attention_heads: heads,
      attention_head_dim: headSize,
      caption_projection_dim: width,
      joint_attention_dim: width + anyInteger(20, 40),
      in_channels: anyInteger(3, 20),
      patch_size: anyOf([2, 4]),
    },
    parameters,
    buffers: [
      parameterOf('pos_embed.pos_embed', 'pos_embed', 'PatchEmbed', [1, anyInteger(500, 900), width]),
    ],
  }
}

function linear(module: string, out: number, into: number): Parameter[] {
  return layer(module, 'Linear', [out, into])
}

function layer(module: string, moduleType: string, shape: number[]): Parameter[] {
  const weight = parameterOf(`${module}.weight`, module, moduleType, shape)
  if (moduleType === 'Embedding') return [weight]
  return [weight, parameterOf(`${module}.bias`, module, moduleType, [shape[0]])]
}

function parameterOf(name: string, module: string, moduleType: string, shape: number[]): Parameter {
  return { name, module, moduleType, shape }
}

function shuffled<T>(values: readonly T[]): T[] {
  return values
    .map((value) => ({ value, key: draw() }))
    .sort((a, b) => a.key - b.key)
    .map(({ value }) => value)
}
