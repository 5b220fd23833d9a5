import { parseOptions, runCommand } from '../../../harness/cli/command.ts'
import { ArgumentError } from '../../../harness/errors.ts'

/** `npm run watch`: one task after the other, checked at each save. */
await runCommand(async () => {
  const does = 'Shows the next task and what it still expects, and checks again whenever you save.'
  parseOptions({ does }, 'npm run watch')
  if (!process.stdin.isTTY || !process.stdout.isTTY)
    throw new ArgumentError(
      'The watch needs a terminal, and this is none.',
      'Run npm run watch in one, or check once with npm test.',
    )
  process.stdout.write('Starting…\r') // Vitest and the parser take a moment to load.
  const [{ Watch }, { taskCount }] = await Promise.all([
    import('./watch.ts'),
    import('#grader/manifest/index.ts'),
  ])
  const passed = await Watch.run()
  console.log(`${passed} of ${taskCount()} tasks pass. Go on with: npm run watch`)
})

// The terminal's streams, and whatever a student's function left running, must not keep the process.
process.exit()
