import { createRequire } from 'node:module'
import { cpus, totalmem } from 'node:os'
import { StableDiffusion3Pipeline } from '../index.ts'
import { probe } from '../runtime/device.ts'
import { runCommand } from './command.ts'
import { modelFolder } from './model-folder.ts'

interface Finding {
  ok: boolean
  what: string
  /** The command that repairs it. */
  repair?: string
}

/** Says what this machine can do, and what to do about what it cannot. Exit code 1 when the kit cannot run. */
await runCommand(async () => {
  const node = process.versions.node
  const [major, minor] = node.split('.').map(Number)
  const current = major > 20 || (major === 20 && minor >= 19)
  report({ ok: current, what: `Node ${node}`, repair: 'Install Node 20.19 or newer: https://nodejs.org' })
  report(onnxruntime())
  report({ ok: true, what: `${cpus().length} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB of memory` })

  const problem = await probe('cuda')
  console.log(
    problem
      ? `–  CUDA: not usable here, the CPU is used (${problem})`
      : '✓  CUDA: usable with SD3_DEVICE=cuda',
  )

  const usable = await drawsAPicture(modelFolder())
  report(usable)
  return current && usable.ok ? 0 : 1
})

function onnxruntime(): Finding {
  try {
    const { version } = createRequire(import.meta.url)('onnxruntime-node/package.json') as { version: string }
    return { ok: true, what: `onnxruntime-node ${version}` }
  } catch {
    return { ok: false, what: 'onnxruntime-node is not installed', repair: 'npm ci' }
  }
}

/** Loads the model and times four guided steps at its own size. */
async function drawsAPicture(folder: string): Promise<Finding> {
  try {
    const pipe = await StableDiffusion3Pipeline.fromPretrained(folder)
    const prompt = 'a sunset over the ocean'
    const started = performance.now()
    await pipe.generate({ prompt, seed: 42, numInferenceSteps: 1 })
    const loaded = performance.now()
    const steps = 4
    await pipe.generate({ prompt, seed: 42, numInferenceSteps: steps, outputType: 'latent' })
    const perStep = (performance.now() - loaded) / steps / 1000
    await pipe.release()
    const seconds = (28 * perStep).toFixed(1)
    return {
      ok: true,
      what: `${folder}: ready after ${((loaded - started) / 1000).toFixed(1)} s, about ${seconds} s for 28 steps on ${pipe.device.name}`,
    }
  } catch (error) {
    const [what, repair] = (error as Error).message.split('\n')
    return { ok: false, what, ...(repair !== undefined && { repair }) }
  }
}

function report({ ok, what, repair }: Finding): void {
  console.log(`${ok ? '✓' : '✗'}  ${what}`)
  if (!ok && repair) console.log(`   ${repair}`)
}
