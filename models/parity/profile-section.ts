import { missing, number, percent, table } from './cells.ts'
import type { ProfileResult } from './profile.ts'
import type { ProfileTotal, ProfileTotals } from './profile-totals.ts'
import { readResult, readResults } from './results.ts'
import type { DiffusersResult } from './speed-section.ts'

const SHOWN = 12
/** Operators that do a network's arithmetic; what else runs moves values, or changes them one by one. */
const ARITHMETIC = /MatMul|Gemm|Attention|Conv/

/** Where a step's time goes, by operator, and what of it no other graph could save. */
export async function profileSection(work: string): Promise<string> {
  const blocking = await readResult<ProfileResult>(work, 'profile-blocking')
  const plain = await readResult<ProfileResult>(work, 'profile')
  const profile = blocking ?? plain
  if (!profile) return missing('Where a step goes', 'profile')
  const compiled = (await readResults<DiffusersResult>(work, 'diffusers-')).filter(({ mode }) => mode)
  const parts = ['## Where a step goes']
  if (blocking) {
    parts.push(
      `onnxruntime's profile of the ${profile.form} graphs with CUDA_LAUNCH_BLOCKING=1: each kernel is waited for, which ` +
        "makes a step longer and an operator's time the GPU's.",
    )
  }
  for (const [size, totals] of Object.entries(profile.sizes)) {
    parts.push(
      `### ${size.replace('x', ' × ')}: ${totals.stepMilliseconds.toFixed(1)} ms a step`,
      [
        `${totals.operatorMilliseconds.toFixed(1)} ms in operators.`,
        ...(blocking && plain ? [withoutWaiting(plain.sizes[size])] : []),
        ...(blocking ? [arithmetic(totals, compiled, size)] : []),
      ].join(' '),
      totalsTable('operator', totals.operators, totals),
      totalsTable('operator → output', totals.nodes, totals),
      totalsTable('provider', totals.providers, totals),
    )
  }
  return parts.join('\n\n')
}

function withoutWaiting({ stepMilliseconds, operatorMilliseconds }: ProfileTotals): string {
  return (
    `Without waiting: ${stepMilliseconds.toFixed(1)} ms, of which the host spends ${operatorMilliseconds.toFixed(1)} ms ` +
    'launching operators and waiting for copies.'
  )
}

/** The kernels that any graph must run, against the whole step that a compiler makes of them and of all the rest. */
function arithmetic({ operators }: ProfileTotals, compiled: DiffusersResult[], size: string): string {
  const own = operators.filter(({ name }) => ARITHMETIC.test(name))
  const spent = own.reduce((sum, { milliseconds }) => sum + milliseconds, 0)
  const calls = operators.reduce((sum, { count }) => sum + count, 0)
  const others = compiled.flatMap(({ mode, sizes }) => {
    const seconds = sizes[size]?.stepSeconds
    return seconds ? [`a whole step of torch.compile ${mode} takes ${number(1000 * seconds, 1)} ms`] : []
  })
  return [
    `${calls} operators run; matrix products, attention and convolution alone take ${spent.toFixed(1)} ms`,
  ]
    .concat(others)
    .join(', ')
    .concat('.')
}

function totalsTable(title: string, list: readonly ProfileTotal[], { operatorMilliseconds }: ProfileTotals) {
  return table(
    [title, 'calls', 'ms', 'share'],
    list
      .slice(0, SHOWN)
      .map(({ name, milliseconds, count }) => [
        name,
        String(count),
        number(milliseconds, 2),
        percent(milliseconds / operatorMilliseconds),
      ]),
  )
}
