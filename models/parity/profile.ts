import { join } from 'node:path'
import { manualSeed } from '#harness'
import { parseOptions, runCommand } from '../../harness/cli/command.ts'
import { usedForm } from './graph-form.ts'
import { describeMachine } from './machine.ts'
import { openPipeline } from './open-pipeline.ts'
import { checkpoint, sizes, workFolder } from './options.ts'
import { aggregate, type ProfileTotals } from './profile-totals.ts'
import { Profiler } from './profiler.ts'
import { writeResult } from './results.ts'

const call = 'npx tsx models/parity/profile.ts'
const config = {
  does: "Profiles guided steps with onnxruntime's own profiler, by operator and by node.",
  operands: 'WORKDIR',
  options: {
    checkpoint,
    sizes,
  },
} as const
const STEPS = 5

/** What the profile stage stores, by `HEIGHTxWIDTH`: `results/profile.json`, or `profile-blocking.json`. */
export interface ProfileResult {
  /** Whether every kernel was waited for (CUDA_LAUNCH_BLOCKING=1), so that an operator's time is the GPU's. */
  blocking: boolean
  /** The form of the harness' graphs. */
  form: string
  sizes: Record<string, ProfileTotals>
}

/**
 * Profiles guided steps with onnxruntime's own profiler and prints where the time goes, by operator and by node.
 * On CUDA kernels run behind the host's back: as they are, an operator's time is what its launch takes; with
 * CUDA_LAUNCH_BLOCKING=1 it is the kernel's own and a few microseconds of waiting.
 */
await runCommand(async () => {
  const { values, positionals } = parseOptions(config, call)
  const work = workFolder(positionals, call, config)
  const folder = join(work, 'checkpoints', values.checkpoint)
  const blocking = process.env.CUDA_LAUNCH_BLOCKING === '1'
  const form = usedForm(await describeMachine())
  const result: ProfileResult = { blocking, form, sizes: {} }
  for (const size of values.sizes.split(',')) {
    const [height, width] = size.split('x').map(Number)
    const profiler = await Profiler.install(join(work, `onnxruntime-profile-${size}`))
    const pipe = await openPipeline(folder)
    const {
      in_channels: channels,
      joint_attention_dim: textWidth,
      pooled_projection_dim: pooledWidth,
    } = (await pipe.components()).transformer.config as Record<string, number>
    const generator = manualSeed(42)
    const inputs = {
      hiddenStates: generator.randn([2, channels, height / 8, width / 8]),
      encoderHiddenStates: generator.randn([2, 333, textWidth]),
      pooledProjections: generator.randn([2, pooledWidth]),
      timestep: 500,
    }
    // One step to warm up: aggregate() leaves the first run out.
    for (let i = 0; i < 1 + STEPS; i++) await pipe.transformer(inputs)
    const totals = aggregate(await profiler.events(), STEPS)
    await pipe.release()
    result.sizes[size] = totals
    console.log(
      `${size}: ${totals.stepMilliseconds.toFixed(2)} ms a step${blocking ? ', each kernel waited for' : ''}`,
    )
    for (const { name, milliseconds, count } of [
      ...totals.operators.slice(0, 12),
      ...totals.nodes.slice(0, 8),
    ]) {
      console.log(`  ${milliseconds.toFixed(3).padStart(9)} ms  ${String(count).padStart(5)} ×  ${name}`)
    }
    await writeResult(work, blocking ? 'profile-blocking' : 'profile', result)
  }
})
