import { DDIMScheduler } from './ddim-scheduler.ts'
import { DDPMScheduler } from './ddpm-scheduler.ts'
import { ArgumentError, UnsupportedError } from './errors.ts'
import type { PipelineComponents, Sampler } from './pipeline-types.ts'
import { FlowMatchEulerDiscreteScheduler, type Scheduler, type SchedulerConfig } from './scheduler.ts'

const schedulers: Record<Sampler, new (config: SchedulerConfig) => Scheduler> = {
  euler: FlowMatchEulerDiscreteScheduler,
  ddim: DDIMScheduler,
  ddpm: DDPMScheduler,
}

/** The samplers that can read a checkpoint's predictions, by the scheduler it was saved with; its own comes first. */
const samplersOf: Record<string, readonly Sampler[]> = {
  FlowMatchEulerDiscreteScheduler: ['euler'],
  DDPMScheduler: ['ddpm', 'ddim'],
  DDIMScheduler: ['ddim', 'ddpm'],
}

/**
 * The scheduler to sample a checkpoint with: the one asked for, else its own.
 * @throws ArgumentError for a sampler of another kind of model, UnsupportedError for a scheduler nobody wrote here
 */
export function schedulerFor(
  { className, config }: PipelineComponents['scheduler'],
  sampler?: Sampler,
): Scheduler {
  const possible = samplersOf[className]
  if (!possible) {
    throw new UnsupportedError(
      `scheduler_config.json names the scheduler ${JSON.stringify(className)}.`,
      `This harness implements ${Object.keys(samplersOf).join(', ')}.`,
    )
  }
  const chosen = sampler ?? possible[0]
  if (!possible.includes(chosen)) {
    throw new ArgumentError(
      `sampler is ${JSON.stringify(chosen)}, and this checkpoint was trained for ${className}.`,
      `Pass ${possible.map((name) => `"${name}"`).join(' or ')}, or leave it out.`,
    )
  }
  return new schedulers[chosen](config)
}
