import { writeFile } from 'node:fs/promises'
import { availableParallelism, loadavg } from 'node:os'
import { join } from 'node:path'
import { ArgumentError, manifestHash } from '#harness'
import { countOption, parseOptions, runCommand } from '../../harness/cli/command.ts'
import { describeMachine } from '../parity/machine.ts'
import { commandLine } from '../result-files.ts'
import { aimsOf, EAGER } from './aims.ts'
import { measure, type Settings } from './measure.ts'
import { costMarkdown, type CostResult } from './report.ts'
import { Subject } from './subject.ts'
import { summarise } from './summary.ts'

const checkpoint = join(import.meta.dirname, '..', 'sd3-nano')

/**
 * Times sd3-nano in the harness, in diffusers and with torch.compile on the same cores, and writes BENCHMARKS.md and
 * result.json beside this file. Exit code 1 when an aim is missed or a subject fails. `--rehearse` takes a few samples. It, fewer rounds and
 * `--compile none` write nothing.
 */
await runCommand(async () => {
  const { values } = parseOptions(
    {
      does: 'Times sd3-nano in the harness, in diffusers and with torch.compile, on the same cores.',
      options: {
        threads: { type: 'string', takes: 'N', default: '2', does: 'threads of every subject' },
        rounds: { type: 'string', takes: 'N', default: '3', does: 'turns that each subject takes' },
        compile: {
          type: 'string',
          takes: 'MODE,…|none',
          default: 'default,max-autotune-no-cudagraphs',
          does: "torch.compile's modes to time",
        },
        python: { type: 'string', takes: 'PROGRAM', default: 'python', does: 'a Python that has diffusers' },
        rehearse: { type: 'boolean', default: false, does: 'takes a few samples and writes nothing' },
      },
    },
    'npm run cost',
  )
  const threads = countOption('threads', values.threads)!
  if (threads > availableParallelism())
    throw new ArgumentError(
      `--threads is ${threads}, and this process may use ${availableParallelism()} cores.`,
      `Pass at most ${availableParallelism()}.`,
    )
  const modes = values.compile === 'none' ? [] : values.compile.split(',')
  const settings: Settings = {
    rounds: countOption('rounds', values.rounds)!,
    repeats: { encode: 5, steps: 2, decode: 5, picture: 1 },
    warmUp: 2,
    restMilliseconds: 200,
    size: 256,
    steps: 28,
    prompt: 'a red ball to the left of a blue cube, on a wooden table, with a green plant in the background',
    seed: 42,
    ...(values.rehearse && {
      rounds: 1,
      repeats: { encode: 1, steps: 1, decode: 1, picture: 1 },
      warmUp: 1,
      steps: 2,
    }),
  }

  const { threads: cores, compile, rounds } = values
  const command = commandLine('cost', { threads: cores, compile, rounds })
  const load = loadavg()[0]
  const subjects: Subject[] = []
  try {
    subjects.push(await startHarness(threads))
    subjects.push(await startDiffusers(EAGER, values.python, threads))
    for (const mode of modes) {
      const name = `torch.compile ${mode}`
      console.error(`${name}: starts`)
      subjects.push(await startDiffusers(name, values.python, threads, ['--compile', mode]))
    }
    // The compiler works in the first request, a minute or two a mode.
    const samples = await measure(subjects, settings, (line) => console.error(line))
    const summary = summarise(samples, settings.steps, EAGER)
    const result: CostResult = {
      ...summary,
      aims: aimsOf(summary),
      weights: await manifestHash(checkpoint),
      conditions: { command, ...(await conditions(subjects, settings, threads, load)) },
      doubts: doubts(load, values.rehearse),
    }
    const text = costMarkdown(result)
    console.log(text)
    const isWhole = !values.rehearse && settings.rounds >= 3 && modes.length > 0
    if (isWhole) {
      await writeFile(join(import.meta.dirname, 'BENCHMARKS.md'), `${text}\n`)
      await writeFile(join(import.meta.dirname, 'result.json'), `${JSON.stringify(result, null, 1)}\n`)
    }
    const missed = result.aims.some(({ met }) => met === false)
    return missed || Object.keys(result.failures).length > 0 ? 1 : 0
  } finally {
    for (const subject of subjects) subject.stop()
  }
})

/** The same number of threads for whatever makes threads: onnxruntime, OpenMP, MKL. */
function environment(threads: number): NodeJS.ProcessEnv {
  const count = String(threads)
  return {
    ...process.env,
    SD3_THREADS: count,
    OMP_NUM_THREADS: count,
    MKL_NUM_THREADS: count,
    HF_HUB_OFFLINE: '1',
    TOKENIZERS_PARALLELISM: 'false',
  }
}

function startHarness(threads: number): Promise<Subject> {
  const script = join(import.meta.dirname, 'harness-subject.ts')
  const command = [process.execPath, '--import', 'tsx', script, checkpoint]
  return Subject.start('harness', command, environment(threads))
}

function startDiffusers(
  name: string,
  python: string,
  threads: number,
  more: string[] = [],
): Promise<Subject> {
  const script = join(import.meta.dirname, 'diffusers_subject.py')
  return Subject.start(name, [python, script, checkpoint, String(threads), ...more], environment(threads))
}

async function conditions(
  subjects: readonly Subject[],
  { size, steps, rounds, prompt, seed }: Settings,
  threads: number,
  load: number,
): Promise<Record<string, string>> {
  const machine = await describeMachine()
  const versions = Object.assign({}, machine.versions, ...subjects.map((one) => one.versions)) as Record<
    string,
    string
  >
  return {
    date: machine.date,
    processor: `${machine.processor}, of which ${availableParallelism()} may be used; ${machine.memoryGiB} GiB`,
    threads: String(threads),
    'load when it began': load.toFixed(1),
    versions: Object.entries(versions)
      .map((entry) => entry.join(' '))
      .join(', '),
    repository: machine.commit ?? 'unknown',
    picture: `${size} × ${size}, ${steps} steps, guidance 7, seed ${seed}, ${rounds} rounds: ${prompt}`,
  }
}

/** Others at work: half a core is more than what starting this takes. */
function doubts(load: number, rehearsed: boolean): string[] {
  return [
    ...(rehearsed ? ['A rehearsal with few samples: these numbers say nothing.'] : []),
    ...(load > 0.5 ? [`Something else was running, a load of ${load.toFixed(1)}: run it again alone.`] : []),
  ]
}
