import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { describePipeline, parameterCount } from '../../describe.ts'
import { cudaComputeType } from './compute-type.ts'

const parametersOf = async (model: string) =>
  parameterCount((await describePipeline(resolve('models', model))).transformer)

it('computes sd3-nano in float32 on CUDA, SD3 Medium in float16', async () => {
  expect(cudaComputeType(await parametersOf('sd3-nano'), '')).toBe('float32')
  expect(cudaComputeType(await parametersOf('sd3-medium'), '')).toBe('float16')
})

it('computes in what is asked for', () => {
  expect(cudaComputeType(1, 'float16')).toBe('float16')
  expect(cudaComputeType(1e10, 'float32')).toBe('float32')
})

it('knows no other type', () => {
  expect(() => cudaComputeType(1, 'bfloat16')).toThrow(
    'There is no compute type "bfloat16".\nSet SD3_DTYPE to float16 or float32.',
  )
})
