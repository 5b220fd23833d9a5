import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { WorkflowTemplate } from '@actions/workflow-parser'
import { tsImport } from 'tsx/esm/api'
import { describe, expect, it } from 'vitest'

// GitHub's own parser imports JSON in a way that tsx allows and Node does not.
const { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } = (await tsImport(
  '@actions/workflow-parser',
  import.meta.url,
)) as typeof import('@actions/workflow-parser')

const folders = ['.github/workflows', 'grader/hosts/github']
const files = folders.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
const { scripts, engines } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  scripts: Record<string, string>
  engines: { node: string }
}

/** What GitHub would make of a workflow, and what it would complain about. */
async function read(content: string): Promise<{ complaints: string[]; workflow: WorkflowTemplate }> {
  const { context, value } = parseWorkflow({ name: 'workflow', content }, new NoOperationTraceWriter())
  const complaints = context.errors.getErrors().map(({ message }) => message)
  const workflow = await convertWorkflowTemplate(context, value!)
  return { complaints: [...complaints, ...(workflow.errors ?? []).map(({ Message }) => Message)], workflow }
}

const stepsOf = ({ jobs }: WorkflowTemplate) => jobs.flatMap((job) => (job.type === 'job' ? job.steps : []))
const scriptsOf = (workflow: WorkflowTemplate) =>
  stepsOf(workflow).flatMap((step) => ('run' in step ? [step.run.toString()] : []))

describe.each(files)('%s', (file) => {
  const reading = read(readFileSync(file, 'utf8'))

  it('is a workflow that GitHub accepts', async () => {
    const { complaints, workflow } = await reading
    expect(complaints).toEqual([])
    expect(workflow.jobs.length).toBeGreaterThan(0)
  })

  it('runs only commands that the kit has', async () => {
    const text = scriptsOf((await reading).workflow).join('\n')
    for (const [, name] of text.matchAll(/npm run (?:--silent )?([\w:]+)/g))
      expect(scripts).toHaveProperty(name)
    for (const [path] of text.matchAll(/\bgrader\/[\w/.-]+\.ts\b/g))
      expect(() => readFileSync(path)).not.toThrow()
  })

  it.skipIf(process.platform === 'win32')('has scripts that bash can read', async () => {
    for (const script of scriptsOf((await reading).workflow)) {
      expect(spawnSync('bash', ['-n'], { input: script, encoding: 'utf8' }).stderr).toBe('')
    }
  })
})

it('the kit is verified on three systems, from the oldest Node that it supports', async () => {
  const { workflow } = await read(readFileSync('.github/workflows/verify.yml', 'utf8'))
  const [job] = workflow.jobs
  const matrix = JSON.stringify(job.strategy)
  for (const system of ['ubuntu', 'macos', 'windows']) expect(matrix).toContain(`${system}-latest`)
  expect(matrix).toContain(engines.node.replace('>=', ''))
  expect(scriptsOf(workflow).slice(-2)).toEqual(['npm ci', 'npm run verify'])
})

it.each([
  ['a mistyped key', 'jobs: { a: { runs-onn: ubuntu-latest, steps: [{ run: ls }] } }', "'runs-onn'"],
  [
    'a job that waits for none',
    'jobs: { a: { runs-on: x, steps: [{ run: ls }] }, b: { needs: c, runs-on: x, steps: [{ run: ls }] } }',
    "'c'",
  ],
])('%s would be found', async (_, jobs, named) => {
  const { complaints } = await read(`on: push\n${jobs}`)
  expect(complaints.join('\n')).toContain(named)
})
