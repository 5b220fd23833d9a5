import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { BuildFailure, PartialMessage, Plugin } from 'esbuild'
import { swapHook } from '#grader/spec/swap.ts'
import { compile } from './compile.ts'
import { enumRefused } from './enums.ts'
import { SandboxError } from './errors.ts'
import { readSource, type Source } from './read-source.ts'

const CANNOT_ASSIGN = /^Cannot assign to (?:import )?"([\w$]+)"/

/**
 * Compiles a submitted module and the sibling files it imports into one JavaScript file. Only `#harness` stays an
 * import; anything else that is imported is refused, and `import(…)` becomes a call that fails.
 * No file but the sources is read: no tsconfig.json, no package.json.
 * @param harness the bundle that `#harness` stands for
 * @param swappable functions of the module for which the reference may stand in, where they are declared as functions
 * @throws SandboxError when it does not compile or imports something else
 */
export async function bundleExercise(
  submission: string,
  source: Source,
  shownAs: string,
  harness: string,
  swappable: readonly string[] = [],
): Promise<string> {
  try {
    const { outputFiles, warnings } = await compile({
      entryPoints: ['submission'],
      plugins: [sources(submission, source, shownAs, harness, swapHook(swappable))],
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'neutral',
      target: 'node20',
      supported: { 'dynamic-import': false },
      define: { 'import.meta.url': JSON.stringify(shownAs) },
      tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true, target: 'es2023' } },
      sourcemap: 'inline',
      sourcesContent: false,
      logLevel: 'silent',
    })
    if (warnings.some(({ id }) => id === 'empty-glob')) throw patternRefused()
    return outputFiles[0].text
  } catch (error) {
    const { errors = [] } = error as Partial<BuildFailure>
    const [first] = errors
    if (!first) throw error // A SandboxError, or a fault of the kit.
    const constants = errors.map(({ text }) => CANNOT_ASSIGN.exec(text)?.[1])
    if (first.text === PATTERN || NOT_THERE.test(first.text)) throw patternRefused()
    const others = swappable.filter((name) => !constants.includes(name))
    if (others.length < swappable.length) return bundleExercise(submission, source, shownAs, harness, others)
    const where = first.location ? `${shownAs}:${first.location.line}: ` : ''
    throw new SandboxError('REFUSED', `${where}${first.text}`, first.notes[0]?.text ?? 'Repair this line.')
  }
}

const PATTERN = 'An exercise cannot import what a pattern names.'
const NOT_THERE = /^Could not resolve (?:import|require)\(/

/** In the same words whether files match or not: a submission is not told what lies on this disk. */
function patternRefused(): SandboxError {
  return new SandboxError('REFUSED', PATTERN, 'Import by name, from #harness or from files beside this one.')
}

const SIBLING = /^\.\/[\w-]+\.ts$/
const MOST_SIBLINGS = 20

const DEEPEST = 1000

/** What esbuild must not see: on texts that are nested too deep it ends, with a thousand lines on the terminal. */
async function refusals(text: string): Promise<PartialMessage[]> {
  let depth = 0
  for (const bracket of text.match(/[()[\]{}]/g) ?? []) {
    depth += '([{'.includes(bracket) ? 1 : -1
    if (depth > DEEPEST) return [{ text: `This is nested more than ${DEEPEST} deep.` }]
  }
  return enumRefused(text)
}

/** esbuild follows such a comment to any file of this machine, and quotes from it. */
function withoutSourceMap(text: string): string {
  return text.replaceAll('sourceMappingURL=', 'sourceMappingURL =')
}

function sources(submission: string, source: Source, shownAs: string, harness: string, hook: string): Plugin {
  return {
    name: 'submission',
    setup(bundle) {
      let siblings = 0
      bundle.onResolve({ filter: /.*/ }, ({ path, kind }) => {
        if (kind === 'entry-point') return { path: shownAs, namespace: 'submission' }
        if (path === '#harness') return { path: pathToFileURL(harness).href, external: true }
        if (SIBLING.test(path)) return { path: join(dirname(shownAs), path), namespace: 'submission' }
        const remedy = 'Import from #harness or from files beside this one.'
        return { errors: [{ text: `An exercise cannot import "${path}".`, notes: [{ text: remedy }] }] }
      })
      // What matches a pattern, import(`../${name}.ts`), esbuild finds on this disk without asking above: solutions too.
      bundle.onLoad({ filter: /.*/, namespace: 'file' }, () => ({ errors: [{ text: PATTERN }] }))
      bundle.onLoad({ filter: /.*/, namespace: 'submission' }, async ({ path }) => {
        if (path === shownAs)
          return {
            contents: withoutSourceMap(source.text) + hook,
            loader: 'ts',
            errors: await refusals(source.text),
          }
        if (++siblings > MOST_SIBLINGS)
          return { errors: [{ text: `An exercise cannot have more than ${MOST_SIBLINGS} files beside it.` }] }
        const contents = await readSource(
          submission,
          join(dirname(source.path), path.slice(dirname(shownAs).length)),
        )
        return contents === null
          ? { errors: [{ text: `There is no file ${path}.` }] }
          : { contents: withoutSourceMap(contents), loader: 'ts', errors: await refusals(contents) }
      })
    },
  }
}
