import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node'
import { DeviceError } from '../errors.ts'
import type { ComputeType } from '../graph/data-type.ts'
import type { Tensor } from '../tensor.ts'
import { explainCuda, preloadCuda } from './cuda/preload.ts'
import { memoryModes, type MemoryMode } from './memory-mode.ts'
import { threadCount } from './threads.ts'

/** A graph input: float32 values, or int64 indices. */
export type Feed = Tensor | { dims: readonly number[]; data: BigInt64Array }

export interface SessionOptions {
  device: 'cpu' | 'cuda' | 'webgpu'
  /** What the graph computes in. */
  type?: ComputeType
  /** The folder that the graph's initializers lie in. */
  folder?: string
  /** The mode in use, to name one that needs less when memory runs out. */
  memoryMode?: MemoryMode
}

/**
 * A loaded graph. The only door to onnxruntime-node, which is imported on first use: whoever merely describes
 * models, or runs an exercise in the sandbox, never loads a native addon.
 */
export class Session {
  private readonly native: InferenceSession
  private readonly ort: typeof import('onnxruntime-node')
  private readonly memoryMode: MemoryMode | undefined
  private readonly running = new Set<Promise<unknown>>()

  /** @throws DeviceError when onnxruntime refuses the graph, the weights or the device, ArgumentError as {@link threadCount} */
  static async create(
    model: Uint8Array,
    { device, type, folder, memoryMode }: SessionOptions,
  ): Promise<Session> {
    const ort = await import('onnxruntime-node').catch((cause: unknown) => {
      throw failure('onnxruntime-node could not be loaded', cause)
    })
    // What goes wrong is thrown; onnxruntime would print it as well.
    ort.env.logLevel = 'fatal'
    // Up to 384 tokens onnxruntime would choose TensorRT's fused half-precision attention. On an H100 with sd3-nano,
    // pictures of so few tokens (64 × 96) came out as NaN and larger ones did not: that kernel is the suspect.
    // Read when the first CUDA session opens.
    if (device === 'cuda') process.env.ORT_DISABLE_FUSED_ATTENTION ??= '1'
    // NVIDIA's libraries round float32 products to TF32's ten bits where onnxruntime lets them, and Node cannot tell it not
    // to. They read this when they are loaded; among float16 the few float32 products may stay fast.
    if (device === 'cuda' && type === 'float32') process.env.NVIDIA_TF32_OVERRIDE ??= '0'
    if (device === 'cuda') await preloadCuda()
    const threads = threadCount()
    try {
      const native = await ort.InferenceSession.create(model, {
        executionProviders: [device],
        logSeverityLevel: 4,
        ...(threads !== undefined && { intraOpNumThreads: threads }),
        extra: {
          session: {
            // A thread that spins between two operators need not be woken for the next: steps were 3 to 8 % faster on
            // a quiet machine. One that spins for long takes the cores from whatever else runs: with two busy
            // processes beside it a step took 1.7 times as long without a limit, 1 to 2 % longer with this one.
            intra_op: { allow_spinning: '1', spin_duration_us: '25' },
            // The graph is passed as bytes and its weights are ranges of files that stay where they are.
            ...(folder && { model_external_initializers_file_folder_path: folder }),
            // On CUDA an arena grows by doubling what it has: weights taken from it could hold twice their bytes.
            ...(device === 'cuda' && { use_device_allocator_for_initializers: '1' }),
          },
        },
      })
      return new Session(native, ort, memoryMode)
    } catch (error) {
      // Of a provider that does not load onnxruntime says no more than that.
      const silent = device === 'cuda' && /Failed to load shared library/.test((error as Error).message)
      const cause = silent ? new Error(await explainCuda(), { cause: error }) : error
      throw failure(
        `onnxruntime could not load a network${folder ? ` from ${folder}` : ''} on ${device}`,
        cause,
        memoryMode,
      )
    }
  }

  private constructor(
    native: InferenceSession,
    ort: typeof import('onnxruntime-node'),
    memoryMode: MemoryMode | undefined,
  ) {
    this.native = native
    this.ort = ort
    this.memoryMode = memoryMode
  }

  /** The names that `run` must be fed. */
  get inputNames(): readonly string[] {
    return this.native.inputNames
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
        throw failure('onnxruntime failed while running a network', cause, this.memoryMode)
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

/** What onnxruntime, CUDA, cuBLAS and cuDNN say when an allocation fails. */
const OUT_OF_MEMORY =
  /out of memory|failed to allocate memory|bad_?alloc|BFCArena|CUDA_ERROR_OUT_OF_MEMORY|(CUBLAS|CUDNN)_STATUS_ALLOC_FAILED|CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED/i

/** Two lines; where memory ran out the second names the mode that needs less. */
export function failure(what: string, cause: unknown, memoryMode?: MemoryMode): DeviceError {
  const text = cause instanceof Error ? cause.message : String(cause)
  const reason = reasonIn(text)
  return new DeviceError(
    `${what}: ${reason}`,
    OUT_OF_MEMORY.test(text)
      ? remedyForMemory(memoryMode)
      : 'npm run doctor says what this machine can do; SD3_DEVICE=cpu runs everywhere.',
    { cause },
  )
}

/** The first line; of what C++ checks report only what failed, without the types and source lines around it. */
export function reasonIn(text: string): string {
  const call = /\b(?:CUDA|CUBLAS|CUDNN) failure \d+: [^;\n]*[^;\n\s]/.exec(text)
  const check = /\bwas false\. ([^\n]+)/.exec(text)
  return call?.[0] ?? check?.[1] ?? text.split('\n')[0]
}

function remedyForMemory(mode: MemoryMode = 'resident'): string {
  const smaller = memoryModes[memoryModes.indexOf(mode) + 1]
  return smaller
    ? `Memory ran out in mode ${mode}: set SD3_MEMORY=${smaller}, draw a smaller picture, or close what else uses the device.`
    : `Memory ran out in mode ${mode}, the smallest: draw a smaller picture, close what else uses the device, or set SD3_DEVICE=cpu.`
}
