import { afterEach, describe, expect, it, vi } from 'vitest'
import { chooseMemoryMode, describeMemory } from './memory-mode.ts'
import { failure } from './session.ts'

const needs = { resident: 21e9, sequential: 13e9, small: 6e9 }

afterEach(() => vi.unstubAllEnvs())

describe('the memory mode', () => {
  it.each([
    [24e9, 'resident'],
    [21e9, 'resident'],
    [16e9, 'sequential'],
    [8e9, 'small'],
    [4e9, 'small'],
    [null, 'resident'],
  ])('for %s bytes is %s', (available, mode) => {
    vi.stubEnv('SD3_MEMORY', undefined)
    expect(chooseMemoryMode(needs, available)).toEqual({ mode, forced: false, needs, available })
  })

  it('can be forced by SD3_MEMORY, and by an argument before it', () => {
    vi.stubEnv('SD3_MEMORY', 'small')
    expect(chooseMemoryMode(needs, 24e9)).toMatchObject({ mode: 'small', forced: true })
    expect(chooseMemoryMode(needs, 24e9, 'sequential').mode).toBe('sequential')
    expect(chooseMemoryMode(needs, 24e9, 'auto')).toMatchObject({ mode: 'resident', forced: false })
  })

  it('of another name is refused', () => {
    expect(() => chooseMemoryMode(needs, 24e9, 'tiny')).toThrow(
      'There is no memory mode "tiny".\nSet SD3_MEMORY to one of auto, resident, sequential, small.',
    )
  })

  it('is told in one line with the figures it was chosen by', () => {
    const tell = (available: number | null, requested?: string) =>
      describeMemory(chooseMemoryMode(needs, available, requested ?? 'auto'))
    expect(tell(16e9)).toBe(
      'memory mode sequential: needs about 13.0 GB, 16.0 GB are there, resident would need 21.0 GB',
    )
    expect(tell(4e9)).toMatch(/small: .*sequential would need 13.0 GB, it may not fit$/)
    expect(tell(null, 'small')).toBe(
      'memory mode small: needs about 6.0 GB, the device does not say what it has, as asked for',
    )
  })
})

describe('memory that runs out', () => {
  it.each([
    'BFCArena::AllocateRawInternal Failed to allocate memory for requested buffer of size 4294967296',
    'CUDA error cudaErrorMemoryAllocation:out of memory',
    'std::bad_alloc',
    'CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED',
    'CUDNN failure 4: CUDNN_STATUS_ALLOC_FAILED',
  ])('"%s" names the mode to try', (message) => {
    const [problem, remedy, ...more] = failure('It failed', new Error(message), 'resident').message.split(
      '\n',
    )
    expect(problem).toBe(`It failed: ${message}`)
    expect(remedy).toMatch(/^Memory ran out in mode resident: set SD3_MEMORY=sequential/)
    expect(more).toEqual([])
    expect(failure('It failed', new Error(message), 'sequential').message).toContain('set SD3_MEMORY=small')
    expect(failure('It failed', new Error(message), 'small').message).toContain('the smallest')
  })

  it('is told without the C++ around it', () => {
    const message =
      '/src/cuda_call.cc:154 std::conditional_t<THRW, void, Status> CudaCall(ERRTYPE, const char*) [with THRW = true] CUDA failure 2: out of memory ; GPU=0 ; hostname=node7 ; file=/src/cuda_allocator.cc ; line=48 ; expr=cudaMalloc((void**)&p, size); '
    expect(failure('It failed', new Error(message), 'resident').message.split('\n')[0]).toBe(
      'It failed: CUDA failure 2: out of memory',
    )
  })

  it.each([
    [
      'a.cc:100 Initialize(const Config&)::<lambda()> status == Success was false. No supported adapters\n',
      'No supported adapters',
    ],
    ['Invalid input\nat x', 'Invalid input'],
  ])('and other failures: %j', (message, reason) => {
    expect(failure('It failed', new Error(message)).message.split('\n')[0]).toBe(`It failed: ${reason}`)
  })

  it('is not suspected behind every failure', () => {
    expect(failure('It failed', new Error('Invalid Feed Input Name:x'), 'resident').message).not.toContain(
      'Memory',
    )
  })
})
