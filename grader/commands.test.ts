import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'

/** The commands of package.json that are the kit's own. */
const { scripts } = JSON.parse(await readFile('package.json', 'utf8')) as { scripts: Record<string, string> }
const commands = Object.entries(scripts).flatMap(([name, command]) => {
  const file = /^tsx (\S+)$/.exec(command)?.[1]
  return file === undefined ? [] : [{ name, file, call: name === 'test' ? 'npm test' : `npm run ${name}` }]
})

function run(file: string, arg: string): Promise<{ code: unknown; stdout: string; stderr: string }> {
  return new Promise((done) => {
    execFile(process.execPath, ['--import', 'tsx', file, arg], (error, stdout, stderr) =>
      done({ code: error?.code ?? 0, stdout, stderr }),
    )
  })
}

it.each(commands)(
  '$call says what it does with --help, and what was meant by --hlep',
  async ({ file, call }) => {
    const [help, mistyped] = await Promise.all([run(file, '--help'), run(file, '--hlep')])
    expect(help).toMatchObject({ code: 0, stderr: '' })
    const [usage, , sentence] = help.stdout.split('\n')
    expect(usage).toMatch(new RegExp(`^Usage: ${call}( -- |$)`))
    expect(sentence).toMatch(/^[A-Z].+/)
    expect(mistyped).toMatchObject({ code: 2, stdout: '' })
    expect(mistyped.stderr).toMatch(
      new RegExp(`^Unknown option '--hlep'\\. The nearest is --help\\.\\nUsage: ${call}[^\\n]*\\n$`),
    )
  },
)
