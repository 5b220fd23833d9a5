import { chmod, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type { Exercise } from '#grader/manifest/index.ts'
import { launchCommand, type Wrappers } from './launch.ts'
import { proveLauncher, type Launcher } from './prove.ts'
import { buildRuntime, type Runtime } from './runtime.ts'
import { Sandbox } from './sandbox.ts'
import { stageExercise, stagedModule } from './stage.ts'

/** An exercise of two functions, for the sandbox's own tests. */
export const fixture: Exercise = {
  id: '00-fixture',
  slug: 'fixture',
  title: 'Fixture',
  level: 'Guided',
  tasks: ['answer', 'other'].map((name) => ({
    id: name,
    title: name,
    export: name,
    points: 1,
    hints: [name, name, name],
  })),
}

const IMPATIENT = { importMs: 3000, callMs: 2000 }

/** A place for sandboxes, with the runtime built once; remove it after the tests. */
export class SandboxFixture {
  readonly launcher: Launcher
  readonly folder: string
  readonly runtime: Runtime
  readonly #opened: Sandbox[] = []
  #count = 0

  private constructor(folder: string, runtime: Runtime, launcher: Launcher) {
    this.folder = folder
    this.launcher = launcher
    this.runtime = runtime
  }

  static async make(): Promise<SandboxFixture> {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'sandbox-test-')))
    await chmod(folder, 0o755)
    const runtime = await buildRuntime(join(folder, 'runtime'))
    return new SandboxFixture(folder, runtime, await proveLauncher(runtime))
  }

  /** A submission whose only file is the text of the fixture's module. */
  async submit(text: string): Promise<string> {
    const submission = join(this.folder, `submission-${++this.#count}`)
    await mkdir(submission)
    await writeFile(join(submission, 'fixture.ts'), text)
    return submission
  }

  /** Stages a submission, compiled as in a graded run, and connects to it. */
  async open(submission: string, times = IMPATIENT): Promise<Sandbox> {
    const stage = join(this.folder, `stage-${++this.#count}`)
    await stageExercise(submission, fixture, stage, this.runtime.harness)
    return this.start(await stagedModule(stage, fixture), this.launcher.wrappers, times)
  }

  /** As `open`, but past the compiler: JavaScript as it stands, with node's modules at hand. */
  async openRaw(text: string, wrappers = this.launcher.wrappers, times = IMPATIENT): Promise<Sandbox> {
    const stage = join(this.folder, `stage-${++this.#count}`)
    await mkdir(stage)
    await writeFile(join(stage, 'package.json'), '{ "type": "module" }')
    await writeFile(join(stage, 'module.js'), text)
    return this.start(join(stage, 'module.js'), wrappers, times)
  }

  async close(): Promise<void> {
    for (const sandbox of this.#opened) sandbox.close()
    await rm(this.folder, { recursive: true })
  }

  /** Smaller and more impatient than a graded run. */
  private start(module: string, wrappers: Wrappers, times: typeof IMPATIENT): Sandbox {
    const { program } = this.runtime
    const command = launchCommand(wrappers, program, module, [dirname(program), dirname(module)])
    const smaller = command.map((part) =>
      part
        .replace(/^--max-old-space-size=.*/, '--max-old-space-size=64')
        .replace(/^--data=.*/, `--data=${1200 * 2 ** 20}`),
    )
    const sandbox = new Sandbox(smaller, dirname(module), times)
    this.#opened.push(sandbox)
    return sandbox
  }
}

/** The text of an attack: `<group>/<name>` in grader/attacks. */
export function attackText(name: string): Promise<string> {
  return readFile(resolve('grader/attacks', `${name}.ts`), 'utf8')
}
