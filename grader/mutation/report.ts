import { percentage, type Scored, type Survivor } from './scores.ts'

/** Where and when the figures come from. */
export interface Provenance {
  date: string
  commit: string
  command: string
  stryker: string
  node: string
  cores: number
}

/** The table for the terminal. */
export function textReport(scored: readonly Scored[]): string {
  const rows = scored.map((one) =>
    [
      one.exercise.padEnd(26),
      `${percentage(one).toFixed(1).padStart(6)} %`,
      `${one.killed}/${one.total}`.padStart(9),
      `${one.survivors.length} survive`.padStart(12),
      `${Math.round(one.seconds)} s`.padStart(7),
    ].join(' '),
  )
  return [
    ...rows,
    ...scored.flatMap(({ exercise, survivors }) => survivors.map((one) => survivorText(exercise, one))),
  ].join('\n')
}

function survivorText(exercise: string, { line, mutator, original, replacement, reason }: Survivor): string {
  const [was, is] = [original, replacement].map((code) => code.replaceAll(/\s+/g, ' '))
  return `\n${exercise}:${line} ${mutator}\n  - ${was}\n  + ${is}\n  ${reason ?? 'Not explained.'}`
}

/** The result file. */
export function markdownReport(scored: readonly Scored[], from: Provenance): string {
  const all = { killed: sum(scored, 'killed'), total: sum(scored, 'total') }
  const rows = [
    ...scored,
    { ...all, exercise: 'all', timedOut: sum(scored, 'timedOut'), seconds: sum(scored, 'seconds') },
  ]
  return [
    '# Mutants of the solutions, held against the specs',
    '',
    'Written by a command; do not edit.',
    '',
    `${from.date}, commit ${from.commit}: \`${from.command}\`, StrykerJS ${from.stryker}, Node ${from.node}, ${from.cores} cores.`,
    '',
    '| exercise | killed | of | never ended | score | seconds |',
    '| --- | ---: | ---: | ---: | ---: | ---: |',
    ...rows.map(
      (one) =>
        `| ${one.exercise} | ${one.killed} | ${one.total} | ${one.timedOut} | ${percentage(one).toFixed(1)} % | ${Math.round(one.seconds)} |`,
    ),
    '',
    '## Survivors',
    '',
    ...scored.flatMap(({ exercise, survivors }) =>
      survivors.flatMap(({ line, mutator, original, replacement, reason }) => [
        `### ${exercise}, line ${line}, ${mutator}`,
        '',
        '```diff',
        ...original.split('\n').map((text) => `- ${text}`),
        ...replacement.split('\n').map((text) => `+ ${text}`),
        '```',
        '',
        reason ?? '**Not explained.**',
        '',
      ]),
    ),
  ].join('\n')
}

function sum(scored: readonly Scored[], field: 'killed' | 'total' | 'timedOut' | 'seconds'): number {
  return scored.reduce((total, one) => total + one[field], 0)
}
