import { exercises, taskCount } from '#grader/manifest/index.ts'

/** Their files stay, what they run on does not. */
const WITHOUT_SOLUTIONS = ['test:solutions']

/** package.json without the commands whose files are not among the paths. Dependencies stay as the lock file has them. */
export function adaptPackage(text: string, paths: readonly string[]): string {
  const manifest = JSON.parse(text) as { scripts: Record<string, string> }
  const works = ([name, command]: [string, string]) =>
    !WITHOUT_SOLUTIONS.includes(name) &&
    command
      .split(' ')
      .filter((word) => /\.(ts|sh)$/.test(word))
      .every((file) => paths.includes(file))
  const scripts = Object.fromEntries(Object.entries(manifest.scripts).filter(works))
  return JSON.stringify({ ...manifest, scripts }, null, 2) + '\n'
}

/** The workflow that grades a push. @param kit repository and tag or commit of the instructor's kit: OWNER/NAME@REF */
export function adaptWorkflow(text: string, kit: string): string {
  const [repository, ref] = kit.split('@')
  const [, ...lines] = text.split(/^(?=name:)/m)
  return lines
    .join('')
    .replace(/uses: \S+?(\/\.github\/\S+)@\S+/, `uses: ${repository}$1@${ref}`)
    .replace(/kit: \S+/, `kit: ${repository}`)
    .replace(/ref: v1$/m, `ref: '${ref}'`) // 1.10 would be a number, and 1.1.
}

/** The first page of a student's repository. */
export function studentReadme(): string {
  const rows = exercises.map(
    ({ id, title, level, tasks }) => `| [${title}](exercises/${id}/README.md) | ${level} | ${tasks.length} |`,
  )
  return `# SD3 Workshop

Learn Stable Diffusion 3 by writing it: ${taskCount()} small functions in TypeScript, checked by tests, on a real SD3 that
runs on your laptop. You need Node 20.19 or newer; no GPU, no Python, no account.

    npm ci
    npm run watch           # shows a task, checks what you save, gives hints; it asks for your predictions first
    npm test                # or: check everything once

Open the file it names, replace the \`TodoError\`, save. [The student's guide](exercises/README.md) has the other commands,
and what to do when something is wrong.

| exercise | level | tasks |
| --- | --- | ---: |
${rows.join('\n')}

![The same noise in 2 to 30 steps](models/pictures/steps.png)

MIT licence. SD3 Medium's own weights are Stability AI's and are not part of this repository.
`
}
