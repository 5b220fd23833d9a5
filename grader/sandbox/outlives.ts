import { spawn } from 'node:child_process'
import { killGroup, ownGroup } from './kill-group.ts'

const READY = 'ready'
const LOOP = `process.stdout.write(${JSON.stringify(READY)}, () => { for (;;); })`
const START_MS = 15_000
/** The guardian looks every second, and machines are busy. */
const END_MS = 10_000

/**
 * Whether a process that loops for ever outlives what should end it: the death of its group, or of the one who
 * started it. It is started as a submission is, by a stand-in for the grader.
 * @param launch a command that runs JavaScript when `-e CODE` is appended
 */
export async function outlives(what: 'its group' | 'the grader', launch: string[]): Promise<boolean> {
  const command = [...launch, '-e', LOOP]
  const asGrader = `
    const [program, ...args] = process.argv.slice(1)
    const starter = process.ppid
    const child = require('node:child_process').spawn(program, args, {
      env: {}, detached: ${ownGroup}, stdio: ['ignore', 'inherit', 'ignore'],
    }).on('spawn', function () { process.stdout.write('pid ' + this.pid + ' ') })
    setInterval(() => {
      // The real grader was killed while it proved this: nobody is left to clear away what was started.
      if (process.ppid === starter) return
      try { process.kill(-child.pid, 'SIGKILL') } catch {}
      process.exit()
    }, 500)`
  const [program, ...args] =
    what === 'its group' ? command : [process.execPath, '-e', asGrader, '--', ...command]
  const child = spawn(program, args, {
    env: {},
    detached: ownGroup,
    stdio: ['ignore', 'pipe', 'ignore'],
    windowsHide: true,
  })
  let said = ''
  const isReady = () => said.includes(READY)
  // The pipe ends when the last of the processes that hold it has ended.
  const ended = new Promise<void>((resolve) => child.stdout.once('close', resolve))
  const ready = new Promise<void>((resolve) => {
    child.on('error', () => resolve())
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text
      if (isReady()) resolve()
    })
  })
  await before(START_MS, Promise.race([ready, ended]))
  if (what === 'its group') killGroup(child.pid)
  else child.kill('SIGKILL')
  const isGone = isReady() && (await before(END_MS, ended))
  killGroup(child.pid)
  killGroup(Number(/pid (\d+)/.exec(said)?.[1]) || undefined)
  return !isGone
}

async function before(milliseconds: number, event: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(false), milliseconds)))
  const inTime = await Promise.race([event.then(() => true), late])
  clearTimeout(timer)
  return inTime
}
