import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Graded, Submission } from './grade.ts'
import { exercises } from './manifest/index.ts'
import { readPredictions, type Prediction } from './learner/predictions/predictions.ts'
import type { SpecRun } from './run/collector.ts'
import { SpecRunner } from './run/spec-runner.ts'
import { stageSubmission } from './sandbox/stage.ts'
import { score } from './score.ts'
import { staticChecks } from './static-checks.ts'
import type { Workshop } from './workshop.ts'

export interface GraderOptions {
  /** What fresh instances follow from: the same seed asks every submission the same. */
  seed: string
  /** How long a submission may take altogether. Tasks that had no turn by then count as timed out. */
  budgetMs?: number
}

/** Ten times what the bundled model takes on two slow cores; one of the size of SD3 Medium needs hours. */
export const BUDGET_MS = process.env.SD3_MODEL === undefined ? 600_000 : 6 * 3_600_000
/** For calls that were ended because they took too long: three that loop for ever. */
const LOST_MS = 60_000

/** Grades one submission after another in processes of their own, with one process for the specs of them all. */
export class Grader {
  readonly #workshop: Workshop
  readonly #runner: SpecRunner
  readonly #seed: string
  readonly #budgetMs: number
  #count = 0

  private constructor(workshop: Workshop, runner: SpecRunner, { seed, budgetMs = BUDGET_MS }: GraderOptions) {
    this.#workshop = workshop
    this.#runner = runner
    this.#seed = seed
    this.#budgetMs = budgetMs
  }

  static async open(workshop: Workshop, options: GraderOptions): Promise<Grader> {
    return new Grader(workshop, await SpecRunner.open('exercises', exercises, workshop.folder), options)
  }

  /** @param pictures the folder for this submission's pictures; emptied first */
  async grade({ name, folder }: Submission, pictures: string): Promise<Graded> {
    const { runtime, launcher } = this.#workshop
    const stage = join(this.#workshop.folder, `${process.pid}-${++this.#count}`)
    try {
      const sources = await stageSubmission(folder, stage, runtime.harness)
      const findings = await Promise.all(
        [...sources].map(([exercise, source]) => staticChecks(exercise, source)),
      )
      await rm(pictures, { recursive: true, force: true })
      const run = await this.#run(stage, pictures)
      return {
        name,
        result: score(run, findings.flat(), launcher.isolation),
        attachments: attachmentsOf(run),
        predictions: await predictionsIn(folder),
      }
    } finally {
      await rm(stage, { recursive: true, force: true })
    }
  }

  async close(): Promise<void> {
    await this.#runner.close()
  }

  /** An error outside every spec may be an earlier submission's late one: such a run is repeated in a fresh process. */
  async #run(stage: string, pictures: string): Promise<SpecRun> {
    const { runtime, launcher, memo } = this.#workshop
    const { wrappers } = launcher
    const subject = { kind: 'sandbox', stage, program: runtime.program, wrappers } as const
    const options = () => {
      const budget = { deadline: Date.now() + this.#budgetMs, lostMs: LOST_MS }
      return { subject, pictures, memo, seed: this.#seed, budget }
    }
    const run = await this.#runner.run(options())
    if (run.problems.length === 0 || this.#count === 1) return run
    await this.#runner.renew()
    return this.#runner.run(options())
  }
}

async function predictionsIn(folder: string): Promise<Graded['predictions']> {
  return new Map(
    await Promise.all(
      exercises.map(async (exercise) => {
        const predictions = await readPredictions(folder, exercise)
        return [exercise.id, predictions.slice(0, MOST_PREDICTIONS).map(shortened)] as const
      }),
    ),
  )
}

/** A brief asks a few questions; a README that holds thousands would crowd out the rest of a report. */
const MOST_PREDICTIONS = 20
const LONGEST_PREDICTION = 1000

function shortened({ question, answer, measured }: Prediction): Prediction {
  const cut = (text: string) =>
    text.length > LONGEST_PREDICTION ? `${text.slice(0, LONGEST_PREDICTION)}…` : text
  return { question: cut(question), answer: cut(answer), measured: cut(measured) }
}

function attachmentsOf({ specs }: SpecRun): Graded['attachments'] {
  return new Map(
    exercises.map(({ id }) => [
      id,
      specs.filter((spec) => spec.exercise === id).flatMap((spec) => spec.attachments),
    ]),
  )
}
