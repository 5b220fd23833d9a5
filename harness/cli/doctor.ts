import { createRequire } from 'node:module'
import { cpus, totalmem } from 'node:os'
import { describePipeline, parameterCount } from '../describe.ts'
import type { ComputeType } from '../graph/data-type.ts'
import { availableMemory } from '../runtime/available-memory.ts'
import { cudaComputeType } from '../runtime/cuda/compute-type.ts'
import { searchPlaces } from '../runtime/cuda/libraries.ts'
import { bindingFolder, readProvider } from '../runtime/cuda/provider.ts'
import { chooseDevice, probe } from '../runtime/choose-device.ts'
import { devices } from '../runtime/device.ts'
import { gigabytes } from '../runtime/memory-mode.ts'
import { readDriver, usedGpu } from '../runtime/nvidia-smi.ts'
import { adviceOnMissing } from './cuda/advice.ts'
import { parseOptions, runCommand } from './command.ts'
import { expectedPicture } from './expected-picture.ts'
import { modelFolder } from './model-folder.ts'

interface Finding {
  /** ✓ usable, – not here and not needed, ✗ must be repaired. */
  mark: '✓' | '–' | '✗'
  what: string
  /** More lines, or the command that repairs it. */
  details?: string[]
}

/** Says what this machine can do, and what to do about what it cannot. Exit code 1 when the kit cannot run. */
await runCommand(async () => {
  const does = 'Says what this machine can do, and the command that repairs what it cannot.'
  parseOptions({ does }, 'npm run doctor')
  const findings = [node, onnxruntime, machine, gpu, cuda, webgpu, checkpoint]
  let usable = true
  for (const find of findings) {
    const { mark, what, details = [] } = await find()
    console.log(`${mark}  ${what}`)
    for (const line of details) console.log(`   ${line}`)
    usable &&= mark !== '✗'
  }
  return usable ? 0 : 1
})

function node(): Finding {
  const version = process.versions.node
  const [major, minor] = version.split('.').map(Number)
  const current = major > 20 || (major === 20 && minor >= 19)
  if (current) return { mark: '✓', what: `Node ${version}` }
  return {
    mark: '✗',
    what: `Node ${version}`,
    details: ['Install Node 20.19 or newer: https://nodejs.org'],
  }
}

function onnxruntime(): Finding {
  try {
    const { version } = createRequire(import.meta.url)('onnxruntime-node/package.json') as { version: string }
    return { mark: '✓', what: `onnxruntime-node ${version}` }
  } catch {
    return { mark: '✗', what: 'onnxruntime-node is not installed', details: ['npm ci'] }
  }
}

async function machine(): Promise<Finding> {
  const list = cpus()
  const planned = await availableMemory('cpu')
  const memory = `${gigabytes(totalmem())} of memory, of which ${gigabytes(planned!)} are planned with`
  return { mark: '✓', what: `${list.length} × ${list[0]?.model.trim() || 'processor'}, ${memory}` }
}

async function gpu(): Promise<Finding> {
  const driver = await readDriver()
  if (!driver) return { mark: '–', what: 'no NVIDIA GPU: nvidia-smi is not here, or finds no card' }
  const used = usedGpu(driver)
  const cudaVersion = driver.cuda ? `, CUDA up to ${driver.cuda.join('.')}` : ''
  return {
    mark: '✓',
    what: `NVIDIA driver ${driver.gpus[0].driver}${cudaVersion}`,
    details: driver.gpus.map(
      ({ index, name, totalBytes, freeBytes }) =>
        `GPU ${index}: ${name}, ${gigabytes(freeBytes)} of ${gigabytes(totalBytes)} free${index === used?.index ? '' : ', not used'}`,
    ),
  }
}

/** The provider, its libraries and whether it computes what the CPU computes. */
async function cuda(): Promise<Finding> {
  const folder = bindingFolder()
  if (!folder) {
    return { mark: '–', what: `CUDA: onnxruntime-node has none on ${process.platform} ${process.arch}` }
  }
  const provider = await readProvider(folder, await searchPlaces())
  if (!provider) {
    const hasCard = (await readDriver()) !== null
    return {
      mark: '–',
      what: 'CUDA: the provider is not installed',
      ...(hasCard && { details: ['npm run cuda'] }),
    }
  }
  const libraries = provider.libraries.map(({ name, path }) => `${name.padEnd(20)}${path ?? 'missing'}`)
  const type = await cudaType()
  const problem = await probe('cuda', type)
  if (!problem) {
    const what = `CUDA: usable with SD3_DEVICE=cuda, in ${type}; the provider is built for CUDA ${provider.cuda}`
    return { mark: '✓', what, details: libraries }
  }
  return {
    mark: '–',
    what: `CUDA: the provider for CUDA ${provider.cuda} is installed and not usable, the CPU is used (${problem})`,
    details: [...libraries, ...adviceOnMissing(provider.libraries, provider.cuda)],
  }
}

/** What the checkpoint is computed in; whether there is one that can be read is another finding. */
async function cudaType(): Promise<ComputeType> {
  try {
    const { transformer } = await describePipeline(modelFolder())
    return cudaComputeType(parameterCount(transformer))
  } catch {
    return devices.cuda.type
  }
}

async function webgpu(): Promise<Finding> {
  const problem = await probe('webgpu')
  if (!problem) return { mark: '✓', what: 'WebGPU: usable with SD3_DEVICE=webgpu' }
  return { mark: '–', what: `WebGPU: not usable here (${problem})` }
}

/** What is kept of the checkpoint in memory, and how long a picture takes. */
async function checkpoint(): Promise<Finding> {
  try {
    const folder = modelFolder()
    const { transformer } = await describePipeline(folder)
    const device = await chooseDevice(undefined, parameterCount(transformer))
    const { what, details } = await expectedPicture(folder, device)
    return { mark: '✓', what, details }
  } catch (error) {
    const [what, ...details] = (error as Error).message.split('\n')
    return { mark: '✗', what, details }
  }
}
