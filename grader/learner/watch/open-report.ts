import { spawn } from 'node:child_process'

/** Makes the report in the foreground, where it shows how far it is, and opens it as `npm run report` does. */
export function openReport(): Promise<void> {
  return new Promise((done) => {
    const program = ['grader/learner/report/cli.ts']
    const child = spawn(process.execPath, [...process.execArgv, ...program], {
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    child.on('error', (error) => {
      console.error(error.message)
      done()
    })
    child.on('exit', () => done())
  })
}

/** Waits until a key is pressed. */
export async function anyKey(): Promise<void> {
  process.stdout.write('\nAny key goes back.')
  process.stdin.setRawMode(true)
  process.stdin.resume()
  await new Promise<void>((pressed) => process.stdin.once('data', () => pressed()))
  process.stdin.setRawMode(false)
  process.stdin.pause()
}
