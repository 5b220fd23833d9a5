import { spawn } from 'node:child_process'
import { ArgumentError } from '#harness'
import { parseOptions, runCommand } from '../../harness/cli/command.ts'

interface Step {
  name: string
  does: string
  command: string[]
  /** Whether what follows would be of no use after a failure. */
  isNeeded: boolean
}

const vitest = (project: string, ...files: string[]) => ['vitest', 'run', '--project', project, ...files]
const tsx = (file: string) => ['tsx', file]

const stepsWith = (python: string): Step[] => [
  {
    name: 'verify',
    does: 'the files of sd3-nano are those of its manifest.json',
    command: ['npm', 'run', '--silent', 'models', '--', 'verify', 'sd3-nano'],
    isNeeded: true,
  },
  {
    name: 'verify-twin',
    does: 'those of ddpm-twin too',
    command: ['npm', 'run', '--silent', 'models', '--', 'verify', 'ddpm-twin'],
    isNeeded: true,
  },
  {
    name: 'fixtures',
    does: 'diffusers’ answers',
    command: [python, 'harness/fixtures/write_fixtures.py', 'models/sd3-nano', 'harness/fixtures'],
    isNeeded: true,
  },
  {
    name: 'parity',
    does: 'the harness gives the same',
    command: vitest('harness', 'harness/parity.test.ts'),
    isNeeded: true,
  },
  {
    name: 'pictures',
    does: 'the README’s pictures',
    command: tsx('models/pictures/draw.ts'),
    isNeeded: true,
  },
  {
    name: 'measure',
    does: 'what the specs print on the solutions',
    command: tsx('grader/text/measure.ts'),
    isNeeded: true,
  },
  { name: 'mend', does: 'the numbers in the texts', command: tsx('grader/text/mend.ts'), isNeeded: false },
  { name: 'look', does: 'what to look at, by eye', command: tsx('grader/text/look.ts'), isNeeded: false },
  {
    name: 'check',
    does: 'what is still made with other weights',
    command: [...vitest('models'), '--project', 'grader', 'models', 'grader/text'],
    isNeeded: false,
  },
]

/** Makes again, in order, all that depends on the bundled weights. Exit code 1 while something is left to a person. */
await runCommand(async () => {
  const { values } = parseOptions(
    {
      does: 'Makes again, in order, all that depends on the bundled weights.',
      options: {
        python: { type: 'string', takes: 'PROGRAM', default: 'python', does: 'a Python that has diffusers' },
        from: { type: 'string', takes: 'STEP', does: 'begins there; grader/README.md lists the steps' },
      },
    },
    'npm run rebake',
  )
  for (const name of ['SD3_MODEL', 'SD3_DEVICE'])
    if (process.env[name])
      throw new ArgumentError(
        `${name} is set, and this is about the bundled models on the CPU.`,
        'Unset it, and run it again.',
      )
  const steps = stepsWith(values.python)
  const first = values.from === undefined ? 0 : steps.findIndex(({ name }) => name === values.from)
  if (first === -1)
    throw new ArgumentError(
      `--from is "${values.from}".`,
      `Pass one of ${steps.map(({ name }) => name).join(', ')}.`,
    )
  const fallen: string[] = []
  for (const { name, does, command, isNeeded } of steps.slice(first)) {
    console.log(`\n${name}: ${does}`)
    const started = performance.now()
    const isDone = (await codeOf(command)) === 0
    console.log(
      `${name} ${isDone ? 'done' : 'fell short'}, ${((performance.now() - started) / 1000).toFixed(0)} s`,
    )
    if (isDone) continue
    fallen.push(name)
    if (!isNeeded) continue
    console.error(`What follows needs it. Mend it, then: npm run rebake -- --from ${name}`)
    break
  }
  return fallen.length === 0 ? 0 : 1
})

/** @throws ArgumentError when the program is not there */
function codeOf([program, ...args]: string[]): Promise<number | null> {
  return new Promise((done, fail) => {
    const child = spawn(program, args, { stdio: 'inherit' })
    child.on('error', () =>
      fail(new ArgumentError(`${program} cannot be run.`, 'Install it, or pass --python PROGRAM.')),
    )
    child.on('close', done)
  })
}
