import type { Status } from '#grader/result.ts'

/**
 * A submission that cheats, crashes or misbehaves. `answer` is asked for 42 and does something else;
 * `other` honestly adds, and must go on to.
 */
export interface Attack {
  /** `<group>/<name>`, beside this file. */
  file: string
  /** As numbered in published attacks on graders; see README.md. */
  ids?: readonly string[]
  /** What `answer` is handed: nothing, a pipeline, or the places on this machine that it is after. */
  given?: 'pipeline' | 'targets'
  /** Past compiler and fence: as if both had been broken already. */
  raw?: true
  /** What a machine must hold: past Node's permissions, nothing else keeps signals and packets from the grader. */
  needs?: 'processNamespace' | 'networkNamespace' | 'localSockets'
  /** What `answer` scores: a pass, a point; and what its feedback holds. */
  answer: readonly [Status, string | RegExp]
  other?: Status
}

type Grade = Attack['answer']
const refused: Pick<Attack, 'answer' | 'other'> = {
  answer: ['error', 'An exercise cannot import'],
  other: 'error',
}
const crashed: Grade = ['error', 'The process ended.']
const denied: Grade = ['error', 'Access to this API has been restricted']
const wrong = (received: string): Grade => ['fail', `expected 42, received ${received}.`]

/** Forges what the runner says, or ends it. */
const runner: Attack[] = [
  {
    file: 'exit-at-import',
    ids: ['A01'],
    answer: ['error', 'process.exit is not available'],
    other: 'error',
  },
  { file: 'exit-in-function', ids: ['A02'], answer: ['error', 'process.exit is not available'] },
  { file: 'real-exit-at-import', ids: ['A03'], answer: ['error', 'not a function'], other: 'error' },
  { file: 'real-exit-in-function', ids: ['A04'], answer: ['error', 'not a function'] },
  { file: 'exit-past-the-fence', ids: ['A04'], raw: true, answer: crashed },
  { file: 'abort-in-function', ids: ['A05'], answer: ['error', 'process.abort is not available'] },
  { file: 'kill-parent', ids: ['A06'], answer: ['error', 'process.kill is not available'] },
  { file: 'import-vitest', ids: ['A07'], ...refused },
  { file: 'own-matchers', ids: ['A08'], ...refused },
  { file: 'agreeable-intrinsics', ids: ['A10'], answer: wrong('41') },
  { file: 'prototype-pollution', ids: ['A11'], answer: ['fail', /__proto__|holes/] },
  { file: 'only-test', ids: ['A12'], ...refused },
  { file: 'skipping-hook', ids: ['A13'], ...refused },
  { file: 'frozen-state', ids: ['A14'], ...refused },
  { file: 'same-names', ids: ['A15'], ...refused },
  { file: 'forged-updates', ids: ['A16'], answer: wrong('41') },
  { file: 'patched-send', ids: ['A17'], answer: wrong('41') },
  { file: 'import-solution', ids: ['A18'], ...refused },
  { file: 'solution-by-pattern', ids: ['A18'], ...refused },
  { file: 'endless-retries', ids: ['A27'], ...refused },
  { file: 'patched-modules', ids: ['A31', 'A34'], ...refused },
  { file: 'patched-modules', ids: ['A31', 'A34'], raw: true, answer: wrong('41') },
  { file: 'stack-trace', ids: ['A35'], answer: wrong('41') },
  { file: 'test-name', ids: ['A36'], ...refused },
  { file: 'own-sentinel', ids: ['A38'], ...refused },
  { file: 'import-at-run-time', answer: ['error', 'Dynamic require'] },
  { file: 'evaluated-code', answer: wrong('0') },
  { file: 'forged-todo', answer: ['fail', 'passed'] },
  { file: 'harness-scheduler', answer: ['pass', ''] },
]

/** Returns what is no answer, to deceive or to exhaust whoever looks at it. */
const results: Attack[] = [
  { file: 'asymmetric-matcher', ids: ['A09'], answer: ['fail', 'could not be cloned'] },
  { file: 'function-result', answer: ['fail', 'could not be cloned'] },
  { file: 'proxy-result', answer: ['fail', 'could not be cloned'] },
  { file: 'converting-result', answer: ['fail', 'could not be cloned'] },
  { file: 'exotic-result', answer: ['fail', 'answer().numbers is a Map'] },
  { file: 'cyclic-result', answer: ['fail', 'nested more than 32 deep'] },
  { file: 'deep-result', answer: ['fail', /nested more than 32 deep|Maximum call stack/] },
  { file: 'exploding-result', answer: ['fail', 'holds more than 1000000 values'] },
  { file: 'sparse-result', answer: ['fail', 'has 4294967295 elements'] },
  { file: 'huge-bigint', answer: ['fail', 'a bigint of more than 128 bits'] },
  { file: 'many-views', answer: ['fail', 'holds more than 134217728 bytes'] },
  { file: 'huge-result', answer: ['error', /The process ended|memory/] },
  { file: 'getter-result', answer: wrong('{ value: 41 }') },
  { file: 'thenable-result', answer: ['timeout', 'took more than'] },
  { file: 'detached-buffer', answer: ['fail', /./] },
  { file: 'resizable-buffer', answer: wrong('Float32Array(2) [ 0, 0 ]') },
  { file: 'shared-buffer', answer: ['fail', /./] },
  { file: 'own-typed-array', answer: wrong('Float32Array(1) [ 41 ]') },
  { file: 'prototype-keys', answer: ['fail', 'has a key "__proto__"'] },
  { file: 'hole-filled-by-prototype', answer: ['fail', 'has holes'] },
  { file: 'learned-arguments', answer: wrong('41') },
  { file: 'answer-by-time', answer: wrong('41') },
  { file: 'answer-by-count', answer: wrong('1') },
]

/** Speaks on the channel in the place of its own runtime, or when it is not its turn. */
const channel: Attack[] = [
  { file: 'forged-messages', answer: wrong('41') },
  { file: 'captured-channel', answer: ['error', /./], other: 'error' },
  { file: 'garbage-on-channel', raw: true, answer: ['timeout', 'took more than'] },
  { file: 'huge-message', raw: true, answer: crashed },
  { file: 'endless-record', raw: true, answer: ['error', 'lost'], other: 'error' },
  { file: 'wide-message', raw: true, answer: crashed },
  { file: 'structured-clone', raw: true, answer: crashed },
  { file: 'flood-of-calls', raw: true, answer: ['pass', ''] },
  { file: 'closed-channel', raw: true, answer: ['timeout', 'took more than'] },
  { file: 'open-interval', ids: ['A22'], answer: ['pass', ''] },
  { file: 'late-messages', given: 'pipeline', answer: ['pass', ''] },
  { file: 'late-timer', answer: wrong('41') },
]

/** Uses the pipeline that it is handed for more than it is meant for. */
const pipeline: Attack[] = [
  { file: 'other-methods', answer: wrong("[ 'undefined', 'undefined', 'undefined', 'function' ]") },
  { file: 'greedy-generation', answer: ['fail', 'numImagesPerPrompt'] },
  { file: 'large-batches', answer: ['fail', "[ 'pictures', 'latents', 'activations', 'scores' ]"] },
  { file: 'looping-callback', answer: ['timeout', 'took more than'] },
  { file: 'crowd-of-prompts', answer: ['pass', ''] },
  { file: 'negative-sizes', answer: wrong('0') },
  { file: 'odd-arguments', answer: wrong('41') },
  { file: 'stale-handle', answer: wrong('41') },
  { file: 'letters-for-options', answer: wrong('41') },
  { file: 'changed-arguments', answer: wrong('nothing (undefined)') },
  { file: 'lying-callback', answer: wrong('41') },
  { file: 'method-in-a-list', answer: wrong("'refused'") },
  { file: 'nested-generations', answer: ['error', 'More than 500 calls of the pipeline'] },
  { file: 'model-time', answer: ['timeout', 'took more than'] },
]

/** Reaches for files, programs, other processes and the network. */
const host: Attack[] = [
  { file: 'escape-routes', answer: wrong('[]') },
  {
    file: 'system-calls',
    ids: ['A32', 'A33'],
    given: 'targets',
    raw: true,
    answer: ['fail', /received \[( 'reach the network' )?\]/],
  },
  { file: 'planted-secrets', ids: ['A28'], answer: wrong("'{}'") },
  { file: 'real-environment', raw: true, answer: ['error', /^\{/] },
  { file: 'detached-forger', ids: ['A19'], given: 'targets', raw: true, answer: denied },
  { file: 'detached-sleeper', ids: ['A37'], raw: true, answer: denied },
  { file: 'fork-bomb', raw: true, answer: denied },
  {
    ...{ file: 'kill-all', ids: ['A06'], given: 'targets', raw: true },
    ...{ needs: 'processNamespace', answer: wrong('41') },
  },
  { file: 'spec-files', ids: ['A32', 'A33'], given: 'targets', raw: true, answer: denied },
  { file: 'ways-to-read', given: 'targets', raw: true, answer: wrong('[]') },
  { file: 'golden-files', given: 'targets', raw: true, answer: wrong('[]') },
  { file: 'swapped-weights', given: 'targets', raw: true, answer: denied },
  { file: 'poisoned-cache', given: 'targets', raw: true, answer: denied },
  { file: 'workflow-files', given: 'targets', raw: true, answer: denied },
  { file: 'fetched-answer', given: 'targets', answer: ['error', 'fetch is not defined'] },
  {
    ...{ file: 'socket-answer', given: 'targets', raw: true },
    ...{ needs: 'networkNamespace', answer: ['error', /./] },
  },
  {
    ...{ file: 'local-socket', given: 'targets', raw: true },
    ...{ needs: 'localSockets', answer: ['error', /./] },
  },
  { file: 'thread', raw: true, answer: denied },
  { file: 'internal-binding', given: 'targets', raw: true, answer: ['error', /./] },
  { file: 'loader-hooks', given: 'targets', raw: true, answer: ['error', /./] },
  { file: 'created-require', given: 'targets', raw: true, answer: ['error', /./] },
  { file: 'engine-flags', raw: true, answer: ['error', /./] },
  { file: 'heap-snapshot', given: 'targets', raw: true, answer: denied },
  { file: 'inspector', raw: true, answer: ['error', /./] },
  { file: 'diagnostic-report', raw: true, answer: ['error', /./] },
  { file: 'open-files', raw: true, answer: wrong('[]') },
  { file: 'webassembly-system', raw: true, answer: ['error', /./] },
  { file: 'async-hooks', raw: true, answer: ['fail', /received 4[01]/] },
  { file: 'source-map', answer: ['error', 'where?'] },
  { file: 'stack-formatter', answer: wrong('41') },
]

/** Takes all of the time or memory there is. */
const resources: Attack[] = [
  { file: 'loop-in-function', ids: ['A20'], answer: ['timeout', 'answer() took more than'] },
  {
    file: 'loop-at-import',
    ids: ['A21'],
    answer: ['timeout', 'Importing the module took'],
    other: 'timeout',
  },
  { file: 'buffer-bomb', ids: ['A24'], answer: ['error', /memory|allocation/] },
  { file: 'webassembly-memory', answer: ['error', /memory|allocat/i] },
  { file: 'heap-bomb', answer: ['error', 'out of memory'] },
  { file: 'never-settles', answer: ['timeout', 'answer() took more than'] },
  { file: 'endless-recursion', answer: ['error', 'Maximum call stack size exceeded'] },
  { file: 'unhandled-rejection', answer: crashed },
  { file: 'doubling-enum', answer: ['error', 'cannot declare an enum'], other: 'error' },
  { file: 'doubling-arrows', answer: ['error', 'It was not compiled within'], other: 'error' },
  { file: 'slow-expression', answer: ['timeout', 'took more than'] },
  { file: 'microtasks', answer: ['timeout', 'took more than'] },
  { file: 'sleeping-thread', answer: ['timeout', 'took more than'] },
  { file: 'loop-in-getter', answer: ['timeout', 'took more than'] },
  { file: 'loop-in-thrown', answer: ['timeout', 'took more than'] },
  { file: 'signal-deaf', raw: true, answer: ['timeout', 'took more than'] },
]

/** Says what is not fit to be shown. */
const feedback: Attack[] = [
  { file: 'stdout-flood', ids: ['A25'], answer: ['pass', ''] },
  { file: 'workflow-commands', ids: ['A26'], answer: ['error', /^(?!.*^\s*::|.*##\[)/ms] },
  { file: 'odd-throws', answer: ['error', 'Threw undefined'] },
  { file: 'host-paths', answer: ['error', /./] },
  { file: 'real-paths', raw: true, answer: ['error', /./] },
  { file: 'trojan-source', answer: ['error', /^[^\p{C}]*$/u] },
  { file: 'markup', answer: ['error', 'script'] },
  { file: 'endless-words', answer: ['error', /^.{100,4100}$/s] },
  { file: 'forged-location', answer: ['error', 'x'] },
  { file: 'terminal-codes', answer: ['error', /^[^\p{C}]*$/u] },
]

/** All of them; each group stands in a folder of its name. */
export const corpus: Attack[] = Object.entries({
  ...{ runner, results, channel, pipeline, host, resources, feedback },
}).flatMap(([group, attacks]: [string, readonly Attack[]]) =>
  attacks.map((attack) => ({
    ...attack,
    file: `${group}/${attack.file}`,
    ...(group === 'pipeline' && { given: 'pipeline' as const }),
  })),
)
