import { mkdir, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { ArgumentError, DeviceError } from '../errors.ts'
import { findLibraries, searchPlaces, type SearchPlaces } from '../runtime/cuda/libraries.ts'
import { bindingFolder, readProvider, type CudaMajor } from '../runtime/cuda/provider.ts'
import { readDriver, usedGpu, type Driver } from '../runtime/nvidia-smi.ts'
import { parseOptions, runCommand } from './command.ts'
import { adviceOnMissing } from './cuda/advice.ts'
import { archives, type Archive } from './cuda/archives.ts'
import { chooseBuild } from './cuda/choose-build.ts'
import { fetchArchive } from './cuda/fetch-archive.ts'
import { installProvider, removeProvider, sha256Of } from './cuda/install.ts'
import { checkInChild } from './cuda/load-check.ts'
import { progressLine } from './progress.ts'

/**
 * Installs onnxruntime's CUDA provider beside onnxruntime-node, the build that fits this machine; checks that it runs;
 * says what is missing. Exit code 0 when CUDA can be used, 1 when something is missing.
 */
await runCommand(async () => {
  const { values } = parseOptions(
    {
      does: "Installs onnxruntime's CUDA provider, the build that fits this machine; or says what is missing.",
      options: {
        'dry-run': { type: 'boolean', default: false, does: 'only says what it would install' },
        build: { type: 'string', takes: '12|13', does: 'the CUDA to install for, whatever is found' },
        from: { type: 'string', takes: 'FILE', does: 'installs from an archive that is here already' },
        remove: { type: 'boolean', default: false, does: 'removes the provider' },
      },
    },
    'npm run cuda',
  )
  const folder = bindingFolder()
  if (!folder) {
    throw new DeviceError(
      `onnxruntime-node has no CUDA on ${process.platform} ${process.arch}: only on Linux x64.`,
      'SD3_DEVICE=webgpu uses the GPU on Windows, macOS and Linux x64; SD3_DEVICE=cpu runs everywhere.',
    )
  }
  if (values.remove) {
    await removeProvider(folder)
    return console.log(`There is no CUDA provider in ${folder} any more.`)
  }
  const places = await searchPlaces()
  const driver = await readDriver()
  console.log(describeDriver(driver))

  const wanted = chosenBuild(values.build, driver, places)
  const installed = await readProvider(folder, places)
  if (installed && (installed.cuda === wanted || wanted === null) && !values.from) {
    console.log(`The provider for CUDA ${installed.cuda} is installed.`)
  } else if (values['dry-run']) {
    console.log(planOf(wanted, values.from))
    return
  } else {
    const cuda = await install(folder, wanted, values.from)
    console.log(`The provider for CUDA ${cuda} is installed in ${folder}.`)
  }
  return report(folder, places)
})

/** The CUDA to install for; null when only what is there, or a file's own, can be taken. */
function chosenBuild(
  asked: string | undefined,
  driver: Driver | null,
  places: SearchPlaces,
): CudaMajor | null {
  if (asked === '12' || asked === '13') return Number(asked) as CudaMajor
  if (asked !== undefined) throw new ArgumentError(`--build is "${asked}".`, 'Pass 12 or 13.')
  const choice = driver && chooseBuild(driver, (name) => findLibraries([name], places)[0].path !== null)
  if (choice) console.log(`The build for CUDA ${choice.cuda} fits: ${choice.reason}.`)
  return choice?.cuda ?? null
}

function describeDriver(driver: Driver | null): string {
  if (!driver) return 'No NVIDIA driver: nvidia-smi is not here, or finds no card.'
  const gpu = usedGpu(driver)
  const runs = driver.cuda ? `runs CUDA up to ${driver.cuda.join('.')}` : 'does not say what CUDA it runs'
  return `${gpu?.name ?? 'No card that CUDA_VISIBLE_DEVICES allows'}, driver ${driver.gpus[0].driver}, which ${runs}.`
}

function candidates(wanted: CudaMajor | null): Archive[] {
  if (wanted !== null) return archives().filter(({ cuda, url }) => cuda === wanted && url !== null)
  throw new DeviceError(
    'Neither build can be chosen: there is no driver here that runs CUDA 12 or 13.',
    "Install NVIDIA's driver (525 or newer, 580 for CUDA 13), or choose with --build 12 or --build 13.",
  )
}

function planOf(wanted: CudaMajor | null, from: string | undefined): string {
  if (from) return `Would install the provider from ${from}.`
  const [{ url, bytes }] = candidates(wanted)
  return `Would fetch ${url}${bytes === null ? '' : ` (${(bytes / 1e6).toFixed(0)} MB)`} and install the provider from it.`
}

async function install(
  folder: string,
  wanted: CudaMajor | null,
  from: string | undefined,
): Promise<CudaMajor> {
  if (from) {
    const sha256 = await sha256Of(from).catch(() => null)
    const known = archives().find((archive) => archive.sha256 === sha256)
    if (sha256 && !known) console.log(`${from} is none of the archives known here; its SHA-256 is ${sha256}.`)
    return installProvider(from, folder)
  }
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'sd3-workshop')
  await mkdir(cache, { recursive: true })
  const interrupted = new AbortController()
  process.once('SIGINT', () =>
    interrupted.abort(new DeviceError('Interrupted.', 'Run the command again: it goes on where it stopped.')),
  )
  let progress: ReturnType<typeof progressLine> | undefined
  const { archive, path } = await fetchArchive(candidates(wanted), cache, {
    signal: interrupted.signal,
    onBytes: ({ url }, size) => {
      progress?.end()
      console.log(`Fetching ${url}, ${(size / 1e6).toFixed(0)} MB.`)
      const line = (progress = progressLine('fetching (MB)', Math.round(size / 1e6)))
      let done = 0
      return (count) => line.update(Math.round((done += count) / 1e6))
    },
  }).finally(() => progress?.end())
  console.log(`${archive.name}: SHA-256 ${archive.sha256} as expected.`)
  const cuda = await installProvider(path, folder)
  await rm(path)
  return cuda
}

/** What the provider needs and what is missing, then whether it runs. */
async function report(folder: string, places: SearchPlaces): Promise<number> {
  const provider = (await readProvider(folder, places))!
  for (const { name, path, visible } of provider.libraries) {
    const where = path === null ? 'missing' : visible ? path : `${path}, loaded by its path`
    console.log(`  ${name.padEnd(20)}${where}`)
  }
  const advice = adviceOnMissing(provider.libraries, provider.cuda)
  const problem = await checkInChild()
  if (problem === null) {
    console.log('CUDA can be used: SD3_DEVICE=cuda.')
    return 0
  }
  console.error(`CUDA cannot be used yet${advice.length > 0 ? '.' : `: ${problem}`}`)
  for (const line of advice.length > 0 ? advice : ['npm run doctor says more of this machine.']) {
    console.error(line)
  }
  return 1
}
