import type { Value } from '../graph/graph.ts'
import type { ConfigReader } from '../config-reader.ts'
import type { NetworkBuilder } from './network-builder.ts'
import type { Network } from './network.ts'
import { midBlock, resnet, type ResnetConfig } from './vae-blocks.ts'
import { groupNorm } from './norms.ts'

/**
 * The picture autoencoder (diffusers, models/autoencoders/autoencoder_kl.py and vae.py).
 *
 * Encoder: `sample` [batch, 3, height, width] in −1…1 → `mean` [batch, latent, height / 8, width / 8], the mode of
 * the latent distribution, unscaled. Decoder: `latent_sample`, unscaled → `sample`, about −1…1.
 */
export const autoencoderKl: Network = { className: 'AutoencoderKL', parts: { encoder, decoder } }

interface VaeConfig extends ResnetConfig {
  /** Channels at each resolution, full size first. */
  widths: number[]
  layersPerBlock: number
  latentChannels: number
  midAttention: boolean
}

function readConfig(config: ConfigReader): VaeConfig {
  config.only('act_fn', 'silu')
  config.only('latents_mean', null)
  config.only('latents_std', null)
  const widths = config.numbers('block_out_channels', [64])
  const types = (field: string, type: string) => {
    for (const name of config.strings(
      field,
      widths.map(() => type),
    )) {
      if (name !== type) config.only(field, type)
    }
  }
  types('down_block_types', 'DownEncoderBlock2D')
  types('up_block_types', 'UpDecoderBlock2D')
  return {
    widths,
    groups: config.number('norm_num_groups', 32),
    layersPerBlock: config.number('layers_per_block', 1),
    latentChannels: config.number('latent_channels', 4),
    midAttention: config.boolean('mid_block_add_attention', true),
  }
}

function encoder(nn: NetworkBuilder, reader: ConfigReader): void {
  const { ops } = nn
  const config = readConfig(reader)
  const { widths, latentChannels } = config
  const inChannels = reader.number('in_channels', 3)
  const last = widths.length - 1
  const net = nn.at('encoder')

  let x = net.conv2d(
    'conv_in',
    nn.input('sample', ['batch', inChannels, 'height', 'width']),
    inChannels,
    widths[0],
  )
  widths.forEach((width, i) => {
    const block = net.at(`down_blocks.${i}`)
    for (let j = 0; j < config.layersPerBlock; j++) {
      x = resnet(block.at(`resnets.${j}`), x, j === 0 ? widths[Math.max(i - 1, 0)] : width, width, config)
    }
    if (i < last) x = downsample(block.at('downsamplers.0'), x, width)
  })
  x = midBlock(net.at('mid_block'), x, widths[last], config.midAttention, config)
  x = groupNorm(net, 'conv_norm_out', x, widths[last], config.groups, 1e-6, { silu: true })
  let moments = net.conv2d('conv_out', x, widths[last], 2 * latentChannels)
  if (reader.boolean('use_quant_conv', true)) {
    moments = nn.conv2d('quant_conv', moments, 2 * latentChannels, 2 * latentChannels, {
      kernel: 1,
      padding: 0,
    })
  }
  const [mean] = ops.split(moments, 2, 1)
  nn.output('mean', mean, ['batch', latentChannels, 'latent_height', 'latent_width'])
}

function decoder(nn: NetworkBuilder, reader: ConfigReader): void {
  const { ops } = nn
  const config = readConfig(reader)
  const { latentChannels } = config
  const outChannels = reader.number('out_channels', 3)
  const widths = config.widths.toReversed()
  const last = widths.length - 1
  const net = nn.at('decoder')

  let x = nn.input('latent_sample', ['batch', latentChannels, 'latent_height', 'latent_width'])
  if (reader.boolean('use_post_quant_conv', true)) {
    x = nn.conv2d('post_quant_conv', x, latentChannels, latentChannels, { kernel: 1, padding: 0 })
  }
  x = net.conv2d('conv_in', x, latentChannels, widths[0])
  x = midBlock(net.at('mid_block'), x, widths[0], config.midAttention, config)
  widths.forEach((width, i) => {
    const block = net.at(`up_blocks.${i}`)
    for (let j = 0; j <= config.layersPerBlock; j++) {
      x = resnet(block.at(`resnets.${j}`), x, j === 0 ? widths[Math.max(i - 1, 0)] : width, width, config)
    }
    if (i < last) x = block.at('upsamplers.0').conv2d('conv', ops.upsample(x, [1, 1, 2, 2]), width, width)
  })
  x = groupNorm(net, 'conv_norm_out', x, widths[last], config.groups, 1e-6, { silu: true })
  nn.output('sample', net.conv2d('conv_out', x, widths[last], outChannels), [
    'batch',
    outChannels,
    'height',
    'width',
  ])
}

/** Halves both sides; torch pads right and bottom only. */
function downsample(nn: NetworkBuilder, x: Value, width: number): Value {
  return nn.conv2d('conv', nn.ops.pad(x, [0, 0, 0, 0, 0, 0, 1, 1]), width, width, { stride: 2, padding: 0 })
}
