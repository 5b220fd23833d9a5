import { relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseOptions, runCommand } from '../../../harness/cli/command.ts'
import { fileDestination } from '../../../harness/cli/destination.ts'
import { openPage } from '../browser/open-page.ts'
import { gatherReport } from './gather-report.ts'
import { MeasuringLine } from './measuring-line.ts'
import { writeReport } from './write-report.ts'

/** `npm run report`: measures what is not known yet, writes the page, and shows it to whoever sits at the terminal. */
await runCommand(async () => {
  const { values } = parseOptions(
    {
      does: 'Makes one page of your predictions beside what was measured, the pictures and your progress.',
      options: {
        out: { type: 'string', takes: 'FILE', default: 'out/my-report.html', does: 'the page' },
        fresh: { type: 'boolean', default: false, does: 'measures again what is known already' },
        'no-open': { type: 'boolean', default: false, does: 'does not open the page in a browser' },
      },
    },
    'npm run report',
  )
  const file = resolve(fileDestination('--out', values.out))
  const line = new MeasuringLine(process.stderr)
  const data = await gatherReport('.', {
    isFresh: values.fresh,
    onStart: (work, subject) => line.start(work, subject),
    onAdvance: (name) => line.advance(name),
  })
  line.end()
  await writeReport(file, data)
  console.log(`Report: ${relative('.', file)}`)
  for (const { exercise, isAsked } of data.exercises) {
    if (!isAsked)
      console.log(`Not in it yet, ${exercise.title}: npm run predict -- ${exercise.id.slice(0, 2)}`)
  }
  if (!values['no-open'] && process.stdout.isTTY) openPage(pathToFileURL(file).href)
})
