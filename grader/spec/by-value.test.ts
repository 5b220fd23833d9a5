import { expect, it } from 'vitest'
import { tensor, type Pipeline, type Tensor } from '#harness'
import { byValue } from './by-value.ts'
import { expectEqual } from './check.ts'
import { rehearsal } from './rehearsal.ts'

it('keeps what a student does to an argument from the spec', async () => {
  const { silence } = byValue({ silence: async (x: Tensor) => (x.data.fill(0), x) })
  const given = tensor([2], [1, 2])
  expect(await silence(given)).toEqual(tensor([2], [0, 0]))
  expect(given).toEqual(tensor([2], [1, 2]))
})

it('notes the options of a call as they were at the call', async () => {
  const { draw } = byValue({
    draw: async (pipe: Pipeline) => {
      const latents = tensor([1, 1, 1, 1], [1])
      await pipe.generate({ latents })
      latents.data.fill(0)
      await pipe.generate({ latents })
    },
  })
  const stage = rehearsal({ pipe: {} as Pipeline })
  await draw(stage.pipe)
  expect(stage.shots.map(({ options }) => options.latents?.data[0])).toEqual([1, 0])
})

it('calls a callback back, with copies', async () => {
  const latents = tensor([1, 1, 1, 1], [1])
  const pipe = {
    generate: async ({ callbackOnStepEnd }: Parameters<Pipeline['generate']>[0]) => {
      const answer = await callbackOnStepEnd?.(pipe as Pipeline, 0, 1000, { latents })
      return { images: [], latents: answer?.latents ?? latents, seed: null }
    },
  } as Partial<Pipeline>
  const { walk } = byValue({
    walk: async (given: Pipeline) => {
      const callbackOnStepEnd = async (
        _: Pipeline,
        step: number,
        timestep: number,
        { latents: x }: { latents: Tensor },
      ) => {
        x.data.fill(step + timestep)
        return { latents: x }
      }
      return (await given.generate({ callbackOnStepEnd })).latents
    },
  })
  expect((await walk(pipe as Pipeline)).data[0]).toBe(1000)
  expect(latents.data[0]).toBe(1)
})

it('takes a result as it is when the function returns', async () => {
  const { list } = byValue({
    list: async () => {
      const late: number[] = []
      setTimeout(() => late.push(1))
      return late
    },
  })
  const result = await list()
  await new Promise((resolve) => setTimeout(resolve, 5))
  expect(result).toEqual([])
})

it('takes an instance of a class, or an object without prototype, for its fields', async () => {
  class Line {
    readonly steps = 4
  }
  const bare = Object.assign(Object.create(null) as object, { steps: 4 })
  const { lines } = byValue({ lines: () => Promise.resolve([new Line(), bare]) })
  expectEqual(await lines(), [{ steps: 4 }, { steps: 4 }], 'lines')
})

it('tells a missing await in a result, and in an argument', async () => {
  const { result, argument } = byValue({
    result: async () => [{ parameters: Promise.resolve(1) }],
    argument: async (pipe: Pipeline) =>
      pipe.generate({ embeddings: pipe.encodePrompt({ prompt: '' }) as never }),
  })
  await expect(result()).rejects.toThrow(
    /^result\(\) holds a promise .*\nLikely mistake: An await is missing/,
  )
  const { pipe } = rehearsal({ pipe: { encodePrompt: async () => ({}) } as never })
  await expect(argument(pipe)).rejects.toThrow(/^An argument of generate\(\) holds a promise/)
})

it('leaves alone what is no function, and passes errors on', async () => {
  const error = Object.assign(new Error('TODO'), { code: 'TODO', task: 'a' })
  const module = byValue({ names: ['a'], stub: async () => Promise.reject(error) })
  expect(module.names).toEqual(['a'])
  await expect(module.stub()).rejects.toBe(error)
})
