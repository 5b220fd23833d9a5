import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { GenerateOptions, Pipeline, Tensor } from '#harness'
import { attackText, SandboxFixture } from './fixture.ts'
import type { Sandbox } from './sandbox.ts'

let place: SandboxFixture

beforeAll(async () => {
  place = await SandboxFixture.make()
})
afterAll(() => place.close())

const attack = async (name: string): Promise<Sandbox> =>
  place.open(await place.submit(await attackText(name)))
const honest = async (text: string): Promise<Sandbox> => place.open(await place.submit(text))
const never = new AbortController().signal

/** A pipeline with what the real one has and what it keeps to itself, which counts its steps. */
class FakePipeline {
  readonly denoiser = { secret: 'weights' }
  readonly seen: GenerateOptions[] = []
  stepMs = 0
  steps = 0
  atOnce = 0
  mostAtOnce = 0

  async generate(options: GenerateOptions) {
    this.seen.push(options)
    let latents: Tensor = { dims: [1, 2], data: Float32Array.of(0, 0) }
    for (let step = 0; step < (options.numInferenceSteps ?? 2); step++) {
      this.mostAtOnce = Math.max(this.mostAtOnce, ++this.atOnce)
      await new Promise((resolve) => setTimeout(resolve, this.stepMs))
      this.atOnce--
      this.steps++
      const replaced = await options.callbackOnStepEnd?.(this as unknown as Pipeline, step, 1000 - step, {
        latents,
      })
      latents = replaced?.latents ?? latents
    }
    return { images: [], latents, seed: 0 }
  }

  async transformer() {}

  async vaeDecode(latents: Tensor) {
    return [{ width: 1, height: 1, data: Uint8Array.of(latents.data[0], 0, 0) }]
  }

  release(): void {}
}

describe('a pipeline crosses as a handle', () => {
  it('runs callbacks in the submission, hands them the pipeline, and takes their latents', async () => {
    const sandbox = await honest(`
      export async function answer(pipe) {
        const seen = []
        const { latents } = await pipe.generate({
          numInferenceSteps: 3,
          callbackOnStepEnd: async (inner, step, timestep, { latents }) => {
            const [picture] = await inner.vaeDecode(latents)
            seen.push([step, timestep, picture.data[0]])
            return { latents: { dims: latents.dims, data: latents.data.map((value) => value + 1) } }
          },
        })
        return { seen, latents }
      }`)
    expect(await sandbox.call('answer', [new FakePipeline()], never)).toEqual({
      seen: [
        [0, 1000, 0],
        [1, 999, 1],
        [2, 998, 2],
      ],
      latents: { dims: [1, 2], data: Float32Array.of(3, 3) },
    })
  })

  it('passes on what the pipeline throws, and the class of the error by its name and code', async () => {
    const sandbox = await honest(`
      export async function answer(pipe) {
        try {
          await pipe.vaeDecode(null)
        } catch (error) {
          return [error.name, error instanceof Error]
        }
      }`)
    expect(await sandbox.call('answer', [new FakePipeline()], never)).toEqual(['TypeError', true])
  })

  it('time in the model is not the submission’s: 3 seconds of it in a call that may take 2', async () => {
    const pipe = Object.assign(new FakePipeline(), { stepMs: 1500 })
    const sandbox = await honest('export const answer = (pipe) => pipe.generate({}).then(() => 42)')
    expect(await sandbox.call('answer', [pipe], never)).toBe(42)
  })

  it('a callback on the way is the submission’s own function too', async () => {
    const sandbox = await honest('export const answer = async (report) => (await report([1, 2])) + 1')
    const report = async (values: number[]) => values.length
    expect(await sandbox.call('answer', [report], never)).toBe(3)
  })

  it('stops a generation whose spec was given up', async () => {
    const pipe = Object.assign(new FakePipeline(), { stepMs: 20 })
    const sandbox = await honest('export const answer = (pipe) => pipe.generate({ numInferenceSteps: 100 })')
    const given = new AbortController()
    const call = sandbox.call('answer', [pipe], given.signal)
    setTimeout(() => given.abort(), 300)
    await expect(call).rejects.toMatchObject({ code: 'TIMEOUT' })
    const { steps } = pipe
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(pipe.steps).toBeLessThanOrEqual(steps + 1)
  })
})

describe('a handle opens the interface and nothing else', () => {
  it('other-methods: only the interface’s own', async () => {
    const sandbox = await attack('pipeline/other-methods')
    expect(await sandbox.call('answer', [new FakePipeline()], never)).toEqual([
      ...['undefined', 'undefined', 'undefined', 'function'],
    ])
  })

  it('greedy-generation: sizes and counts have limits, and the model never hears of it', async () => {
    const pipe = new FakePipeline()
    const refused = await (await attack('pipeline/greedy-generation')).call('answer', [pipe], never)
    expect(refused).toEqual(['numInferenceSteps', 'height', 'the', 'numImagesPerPrompt'])
    expect(pipe.seen).toEqual([])
  })

  it('letters-for-options: what is no record of options is not copied, and the model never hears of it', async () => {
    const pipe = new FakePipeline()
    const sandbox = await place.open(await place.submit(await attackText('pipeline/letters-for-options')), {
      importMs: 15_000,
      callMs: 15_000,
    })
    expect(await sandbox.call('answer', [pipe], never)).toBe(41)
    expect(pipe.seen).toEqual([])
  })

  it('large-batches: what is too large for the limit is refused, what is too much at once waits', async () => {
    // Longer than a busy machine takes to hand over the next call: as many as may are at work at once.
    const pipe = Object.assign(new FakePipeline(), { stepMs: 200 })
    const refused = await (await attack('pipeline/large-batches')).call('answer', [pipe], never)
    expect(refused).toEqual(['pictures', 'latents', 'activations', 'scores'])
    expect(pipe).toMatchObject({ steps: 40, mostAtOnce: 4 })
  })

  it('a callback may use the pipeline while its own generation fills the limit', async () => {
    const sandbox = await honest(`
      export async function answer(pipe) {
        const size = { height: 1024, width: 1024, numInferenceSteps: 1 }
        let decoded = 0
        const callbackOnStepEnd = async (inner) => {
          await inner.vaeDecode({ dims: [1, 16, 256, 256], data: new Float32Array(1) })
          decoded++
        }
        await Promise.all(Array.from({ length: 6 }, () => pipe.generate({ ...size, callbackOnStepEnd })))
        return decoded
      }`)
    expect(await sandbox.call('answer', [new FakePipeline()], never)).toBe(6)
  })

  it('looping-callback: its time is the submission’s', async () => {
    const sandbox = await attack('pipeline/looping-callback')
    const call = sandbox.call('answer', [new FakePipeline()], never)
    await expect(call).rejects.toMatchObject({ code: 'TIMEOUT' })
    expect(await sandbox.call('other', [1, 2], never)).toBe(3)
  })

  it('late-messages: a pipeline is closed when its call has been answered', async () => {
    const pipe = new FakePipeline()
    const sandbox = await attack('channel/late-messages')
    expect(await sandbox.call('answer', [pipe], never)).toBe(42)
    const { length } = pipe.seen
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(await sandbox.call('other', [1, 2], never)).toBe(3)
    expect(pipe.seen.length).toBeLessThanOrEqual(length + 1)
  })

  it('callbacks that nobody agreed on do not cross', async () => {
    const pipe = new FakePipeline()
    const sandbox = await honest(
      'export const answer = (pipe) => pipe.generate({ seed: () => 1, prompt: { toString: () => "x" } }).then(() => 42)',
    )
    expect(await sandbox.call('answer', [pipe], never)).toBe(42)
    expect(pipe.seen[0]).toMatchObject({ seed: null, prompt: { toString: null } })
  })
})
