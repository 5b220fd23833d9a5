import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'

interface Command {
  /** How a person calls it. */
  call: string
  /** The program that runs, with what stands before its arguments. */
  program: string[]
}

const tsx = [process.execPath, '--import', 'tsx']

/** The commands of package.json that are the kit's own. */
const { scripts } = JSON.parse(await readFile('package.json', 'utf8')) as { scripts: Record<string, string> }
const named = Object.entries(scripts).flatMap(([name, command]): (Command & { file: string })[] => {
  const [, runner, file] = /^(tsx|bash) (\S+)$/.exec(command) ?? []
  if (file === undefined) return []
  const program = runner === 'tsx' ? [...tsx, file] : [runner, file]
  return [{ call: name === 'test' ? 'npm test' : `npm run ${name}`, program, file }]
})

/** Those that package.json does not name. */
const files = await Promise.all(
  ['grader', 'harness', 'models'].map(async (folder) =>
    (await readdir(folder, { recursive: true })).map((file) => join(folder, file)),
  ),
)
const others: Command[] = []
for (const file of files.flat().sort()) {
  if (!file.endsWith('.ts') || file.endsWith('.test.ts') || named.some((one) => one.file === file)) continue
  if (!/^await runCommand\(/m.test(await readFile(file, 'utf8'))) continue
  others.push({ call: `npx tsx ${file.replaceAll('\\', '/')}`, program: [...tsx, file] })
}

function run([program, ...args]: string[]): Promise<{ code: unknown; stdout: string; stderr: string }> {
  return new Promise((done) => {
    execFile(program, args, (error, stdout, stderr) => done({ code: error?.code ?? 0, stdout, stderr }))
  })
}

const own = [...named.filter(({ program }) => program[0] !== 'bash'), ...others]

it.each(own)(
  '$call says what it does with --help, and what was meant by --hlep',
  async ({ program, call }) => {
    const [help, mistyped] = await Promise.all([run([...program, '--help']), run([...program, '--hlep'])])
    expect(help).toMatchObject({ code: 0, stderr: '' })
    const [usage, , sentence] = help.stdout.split('\n')
    expect(usage).toMatch(new RegExp(`^Usage: ${call}( -- | |$)`))
    expect(sentence).toMatch(/^[A-Z].+/)
    expect(mistyped).toMatchObject({ code: 2, stdout: '' })
    expect(mistyped.stderr).toMatch(
      new RegExp(`^Unknown option '--hlep'\\. The nearest is --help\\.\\nUsage: ${call}[^\\n]*\\n$`),
    )
  },
)

/** A shell script prints what stands at its head. */
it.skipIf(process.platform === 'win32').each(named.filter(({ program }) => program[0] === 'bash'))(
  '$call says what it does with --help, and refuses --hlep',
  async ({ program, file }) => {
    const [help, mistyped] = await Promise.all([run([...program, '--help']), run([...program, '--hlep'])])
    expect(help).toMatchObject({ code: 0, stderr: '' })
    expect(help.stdout).toMatch(new RegExp(`^[A-Z].+\\n\\n {2}bash ${file} `))
    expect(mistyped).toMatchObject({ code: 2, stdout: '' })
    expect(mistyped.stderr).toMatch(new RegExp(`--hlep.*\\nUsage: bash ${file} .+\\n$`))
  },
)
