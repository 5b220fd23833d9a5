import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { availableParallelism, loadavg } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { parseOptions, runCommand } from '../../harness/cli/command.ts'
import { config as gradeCommand } from '../options.ts'
import { ProcessTree } from './process-tree.ts'

const EVERY_MS = 250

/** All options of `npm run grade` but `--format`, which is taken here. */
const { format, ...options } = gradeCommand.options
const does =
  'Runs npm run grade with these options, and prints and writes down what that took. Name the class: --submissions DIR.'

/**
 * `npx tsx grader/class/bench.ts --submissions DIR …`: runs `npm run grade` with these options and prints what it
 * took: a line for every submission, then totals, which result.md keeps. The first submissions of a run fill the memo;
 * they are counted apart. Linux only.
 */
await runCommand(async () => {
  const args = process.argv.slice(2)
  parseOptions({ does, options }, 'npx tsx grader/class/bench.ts')
  const start = performance.now()
  const [load] = loadavg()
  const child = spawn(
    process.execPath,
    [resolve('node_modules/tsx/dist/cli.mjs'), 'grader/cli.ts', ...args, '--format', 'csv'],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const tree = new ProcessTree(child.pid!)
  let peak = { bytes: 0, processes: 0 }
  let cpu = 0
  const look = () => {
    const usage = tree.sample()
    cpu = Math.max(cpu, usage.cpuSeconds)
    if (usage.bytes > peak.bytes) peak = usage
  }
  const timer = setInterval(look, EVERY_MS)
  const finished: { seconds: number; cpu: number }[] = []
  let jobs = 1
  createInterface({ input: child.stderr }).on('line', (line) => {
    look()
    jobs = Number(/(\d+) at a time/.exec(line)?.[1] ?? jobs)
    const seconds = (performance.now() - start) / 1000
    const isFinished = /^\d+\/\d+ /.test(line)
    if (isFinished) finished.push({ seconds, cpu })
    console.log(`${seconds.toFixed(1).padStart(8)} s ${cpu.toFixed(1).padStart(8)} CPU s  ${line}`)
  })
  const code = await new Promise<number>((done) => child.on('close', (status) => done(status ?? 2)))
  clearInterval(timer)
  const first = finished[jobs - 1]
  const last = finished.at(-1)
  if (!first || !last) return code
  const rest = finished.length - jobs
  const rows: string[] = []
  const row = (what: string, value: string) => {
    console.log(`${what.padEnd(44)}${value}`)
    rows.push(`| ${what} | ${value} |`)
  }
  row('submissions', String(finished.length))
  row('at a time', String(jobs))
  row(`until the first ${jobs} were finished`, `${first.seconds.toFixed(1)} s, ${first.cpu.toFixed(1)} CPU s`)
  if (rest > 0) {
    const [wall, used] = [last.seconds - first.seconds, last.cpu - first.cpu]
    row('each after that', `${(wall / rest).toFixed(2)} s, ${(used / rest).toFixed(2)} CPU s`)
    row('a minute after that', ((60 * rest) / wall).toFixed(1))
  }
  row('all', `${last.seconds.toFixed(1)} s, ${last.cpu.toFixed(1)} CPU s`)
  row('most memory, all processes together', `${Math.round(peak.bytes / 2 ** 20)} MB in ${peak.processes}`)
  row('cores', String(availableParallelism()))
  row('load of other programs when it began', load.toFixed(1))
  const when = new Date().toISOString().slice(0, 10)
  const said = `${when}, Node ${process.versions.node}: \`npx tsx grader/class/bench.ts ${args.join(' ')}\`.`
  const head = `# What a class takes\n\nWritten by a command; do not edit.\n\n${said}\n`
  await writeFile(
    join(import.meta.dirname, 'result.md'),
    `${head}\n| | |\n| --- | ---: |\n${rows.join('\n')}\n`,
  )
  return code === 2 ? 2 : 0
})
