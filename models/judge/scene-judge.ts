import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import {
  ConfigReader,
  groupNorm,
  imageToTensor,
  Model,
  type Image,
  type Network,
  type Tensor,
} from '#harness'

/** What the judge reads in a picture, head by head: `left_kind` → `ball`, `left_colour` → `red`, … */
export type Reading = Record<string, string>

/**
 * A small convolutional network trained on renders to say what a picture shows (models/training/judge.py):
 * seven strided convolutions, the mean over all positions, one softmax per head. It never saw a generated picture.
 */
const network: Network = {
  className: 'Judge',
  parts: {
    judge(nn, config) {
      const { ops } = nn
      const channels = config.numbers('channels')
      const groups = config.number('groups')
      config.only('activation', 'gelu')
      let x = nn.input('sample', ['batch', channels[0], 'height', 'width'])
      for (let i = 0; i < channels.length - 1; i++) {
        const convolved = nn.conv2d(`convs.${i}`, x, channels[i], channels[i + 1], { stride: 2 })
        x = ops.gelu(
          groupNorm(nn, `norms.${i}`, convolved, channels[i + 1], groups, config.number('eps')),
          'none',
        )
      }
      const width = channels[channels.length - 1]
      const mean = ops.reshape(ops.mean(ops.reshape(x, [0, width, -1])), [0, width]) // [batch, width]
      const answers = Object.values(headsOf(config)).flat().length
      nn.output('logits', nn.linear('head', mean, width, answers), ['batch', answers])
    },
  },
}

export class SceneJudge {
  private readonly model: Model
  private readonly heads: Record<string, string[]>

  static async load(): Promise<SceneJudge> {
    const folder = fileURLToPath(new URL('.', import.meta.url))
    const raw = JSON.parse(await readFile(`${folder}config.json`, 'utf8')) as Record<string, unknown>
    const config = new ConfigReader(raw, `${folder}config.json`)
    return new SceneJudge(
      new Model(network, { folder, config }, { name: 'cpu', type: 'float32' }),
      headsOf(config),
    )
  }

  private constructor(model: Model, heads: Record<string, string[]>) {
    this.model = model
    this.heads = heads
  }

  /** The likeliest answer of every head. */
  async read(image: Image): Promise<Reading> {
    const { logits } = await this.model.run('judge', { sample: withCoordinates(imageToTensor(image)) })
    let offset = 0
    const reading: Reading = {}
    for (const [head, answers] of Object.entries(this.heads)) {
      const scores = logits.data.subarray(offset, offset + answers.length)
      reading[head] = answers[scores.indexOf(Math.max(...scores))]
      offset += answers.length
    }
    return reading
  }

  release(): Promise<void> {
    return this.model.release()
  }
}

function headsOf(config: ConfigReader): Record<string, string[]> {
  return config.read.heads as Record<string, string[]>
}

/** Adds x and y, each from −1 to 1, as channels behind the colours. */
function withCoordinates({ dims, data }: Tensor): Tensor {
  const [, channels, height, width] = dims
  const plane = height * width
  const joined = new Float32Array((channels + 2) * plane)
  joined.set(data)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      joined[channels * plane + y * width + x] = (2 * x) / (width - 1) - 1
      joined[(channels + 1) * plane + y * width + x] = (2 * y) / (height - 1) - 1
    }
  }
  return { dims: [1, channels + 2, height, width], data: joined }
}
