import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node'
import { DeviceError } from '../errors.ts'
import type { Tensor } from '../tensor.ts'

/** A graph input: float32 values, or int64 indices. */
export type Feed = Tensor | { dims: readonly number[]; data: BigInt64Array }

export interface SessionOptions {
  device: 'cpu' | 'cuda' | 'webgpu'
  /** The folder that the graph's initializers lie in. */
  folder?: string
}

/**
 * A loaded graph. The only door to onnxruntime-node, which is imported on first use: whoever merely describes
 * models, or runs an exercise in the sandbox, never loads a native addon.
 */
export class Session {
  private readonly native: InferenceSession
  private readonly ort: typeof import('onnxruntime-node')
  private readonly running = new Set<Promise<unknown>>()

  /** @throws DeviceError when onnxruntime refuses the graph, the weights or the device */
  static async create(model: Uint8Array, { device, folder }: SessionOptions): Promise<Session> {
    const ort = await import('onnxruntime-node').catch((cause: unknown) => {
      throw failure('onnxruntime-node could not be loaded', cause)
    })
    // What goes wrong is thrown; onnxruntime would print it as well.
    ort.env.logLevel = 'fatal'
    // Up to 384 tokens onnxruntime would choose TensorRT's fused half-precision attention. On an H100 with sd3-nano,
    // pictures of so few tokens (64 × 96) came out as NaN and larger ones did not: that kernel is the suspect.
    // Read when the first CUDA session opens.
    if (device === 'cuda') process.env.ORT_DISABLE_FUSED_ATTENTION ??= '1'
    try {
      const native = await ort.InferenceSession.create(model, {
        executionProviders: [device],
        logSeverityLevel: 4,
        // By default as many as there are cores; whoever runs several processes at once shares them out.
        ...(process.env.SD3_THREADS && { intraOpNumThreads: Number(process.env.SD3_THREADS) }),
        extra: {
          session: {
            // Threads that spin while they wait take the cores from whatever else runs: with a test run beside it,
            // a picture took 1.7 times as long.
            intra_op: { allow_spinning: '0' },
            // The graph is passed as bytes and its weights are ranges of files that stay where they are.
            ...(folder && { model_external_initializers_file_folder_path: folder }),
          },
        },
      })
      return new Session(native, ort)
    } catch (cause) {
      throw failure(
        `onnxruntime could not load a network${folder ? ` from ${folder}` : ''} on ${device}`,
        cause,
      )
    }
  }

  private constructor(native: InferenceSession, ort: typeof import('onnxruntime-node')) {
    this.native = native
    this.ort = ort
  }

  /** Runs the graph and returns its float32 outputs by name. */
  async run(feeds: Record<string, Feed>): Promise<Record<string, Tensor>> {
    const inputs: Record<string, OrtTensor> = {}
    for (const [name, { dims, data }] of Object.entries(feeds)) {
      inputs[name] =
        data instanceof BigInt64Array
          ? new this.ort.Tensor('int64', data, dims)
          : new this.ort.Tensor('float32', data, dims)
    }
    const running = this.native.run(inputs)
    this.running.add(running)
    const outputs = await running
      .catch((cause: unknown) => {
        throw failure('onnxruntime failed while running a network', cause)
      })
      .finally(() => this.running.delete(running))
    return Object.fromEntries(
      Object.entries(outputs).map(([name, { dims, data }]) => [
        name,
        { dims: [...dims], data: data as Float32Array },
      ]),
    )
  }

  /** Frees the network's memory when the runs under way have ended; the session cannot be used afterwards. */
  async release(): Promise<void> {
    await Promise.allSettled(this.running)
    await this.native.release()
  }
}

function failure(what: string, cause: unknown): DeviceError {
  const [reason] = (cause instanceof Error ? cause.message : String(cause)).split('\n')
  return new DeviceError(
    `${what}: ${reason}`,
    'npm run doctor says what this machine can do; SD3_DEVICE=cpu runs everywhere.',
    { cause },
  )
}
