import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Node, Project, SyntaxKind, type SourceFile } from 'ts-morph'
import { modulePath, type Exercise } from './manifest/index.ts'
import type { Finding } from './result.ts'
import type { Source } from './sandbox/read-source.ts'
import { withinTime } from './within-time.ts'

/** Reports something at a node, in a line, or of the file as a whole: what it is, then the repair. */
type Report = (place: Node | number | undefined, rule: string, problem: string, repair: string) => void

/** TypeScript's parser takes exponential time for a few nested `async (a = async (…` of a submission. */
const LONGEST_MS = 5000
const MOST_FINDINGS = 100

/**
 * Looks at submitted text, without running or resolving any of it: signatures against the reference, exports,
 * imports, constructs that have no place in an exercise. For people to judge; never changes a score.
 */
export async function staticChecks(exercise: Exercise, source: Source): Promise<Finding[]> {
  const findings: Finding[] = []
  const report: Report = (place, rule, problem, repair) => {
    const line = typeof place === 'number' ? place : (place?.getStartLineNumber() ?? 1)
    findings.push({ exercise: exercise.id, file: source.path, line, rule, message: `${problem}\n${repair}` })
  }
  try {
    const reference = await readReference(exercise)
    withinTime(LONGEST_MS, () => {
      const project = new Project({ useInMemoryFileSystem: true, skipLoadingLibFiles: true })
      const submitted = project.createSourceFile('submitted.ts', source.text)
      const own = project.createSourceFile('reference.ts', reference)
      checkSignatures(exercise, submitted, own, report)
      checkImports(submitted, report)
      checkHarness(submitted, own, report)
      checkCharacters(submitted, report)
      checkConstructs(submitted, report)
    })
  } catch (error) {
    const message = `The file could not be analysed: ${(error as Error).message}\nRead it by eye.`
    findings.push({ exercise: exercise.id, file: source.path, line: 1, rule: 'unreadable', message })
  }
  return findings.sort((a, b) => a.line - b.line).slice(0, MOST_FINDINGS)
}

/** The kit's own text: the solution, or the stub in a kit that is handed out without solutions. */
async function readReference(exercise: Exercise): Promise<string> {
  const path = modulePath(exercise)
  return readFile(join('solutions', path), 'utf8').catch(() => readFile(join('exercises', path), 'utf8'))
}

function checkSignatures(
  { tasks }: Exercise,
  submitted: SourceFile,
  reference: SourceFile,
  report: Report,
): void {
  for (const { export: name } of tasks) {
    const own = submitted.getFunction(name)
    const exported = own?.isExported() ?? submitted.getVariableDeclaration(name)?.isExported() ?? false
    if (!exported) {
      report(own, 'missing-export', `There is no exported function ${name}.`, `Declare it with "export".`)
      continue
    }
    const expected = signatureOf(reference, name)
    if (!own || !expected) continue
    if (
      own
        .getDescendantsOfKind(SyntaxKind.NewExpression)
        .some((made) => made.getExpression().getText() === 'TodoError')
    ) {
      report(own, 'todo', `${name} still throws its TodoError.`, 'Replace it when the task is done.')
    }
    const actual = signatureOf(submitted, name)
    if (actual !== expected) {
      report(own, 'signature', `${name} is declared ${actual}.`, `Restore its signature: ${expected}`)
    }
  }
}

/** The types only: a parameter may be renamed. */
function signatureOf(file: SourceFile, name: string): string | null {
  const declared = file.getFunction(name)
  if (!declared) return null
  const types = declared.getParameters().map((parameter) => parameter.getTypeNode()?.getText() ?? 'any')
  return `(${types.join(', ')}) => ${declared.getReturnTypeNode()?.getText() ?? 'any'}`.replaceAll(
    /\s+/g,
    ' ',
  )
}

function checkImports(submitted: SourceFile, report: Report): void {
  for (const declaration of [...submitted.getImportDeclarations(), ...submitted.getExportDeclarations()]) {
    const from = declaration.getModuleSpecifierValue()
    if (from === undefined || declaration.isTypeOnly() || from === '#harness' || from.startsWith('./'))
      continue
    const repair = 'Import from #harness or from files beside this one: a graded run has nothing else.'
    report(declaration, 'import', `This imports "${from}".`, repair)
  }
}

/**
 * What the harness answers is right, and scores: it is the same for every question. But an exercise that asks for the
 * scheduler's formula is not done by calling the scheduler.
 */
function checkHarness(submitted: SourceFile, reference: SourceFile, report: Report): void {
  const needed = new Set(['TodoError', ...harnessImports(reference).map(([name]) => name)])
  for (const [name, node] of harnessImports(submitted)) {
    if (needed.has(name)) continue
    const repair = 'See whether the task asks to write what this does.'
    report(node, 'harness', `This imports ${name} from #harness, which the solution does without.`, repair)
  }
}

/** The values that a file imports from the harness, by name. */
function harnessImports(file: SourceFile): [name: string, node: Node][] {
  return file
    .getImportDeclarations()
    .filter(
      (declaration) => declaration.getModuleSpecifierValue() === '#harness' && !declaration.isTypeOnly(),
    )
    .flatMap((declaration): [string, Node][] =>
      declaration.getNamespaceImport()
        ? [['*', declaration]]
        : declaration
            .getNamedImports()
            .filter((named) => !named.isTypeOnly())
            .map((named) => [named.getName(), named]),
    )
}

/** Turn the direction of what is read, or are not seen at all. */
const INVISIBLE = /[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/

function checkCharacters(submitted: SourceFile, report: Report): void {
  for (const [i, line] of submitted.getFullText().split('\n').entries()) {
    const [found] = INVISIBLE.exec(i === 0 ? line.replace(/^\ufeff/, '') : line) ?? []
    if (found === undefined) continue
    const code = found.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')
    const repair = 'Write it as an escape: the code may not be what it looks like.'
    report(i + 1, 'invisible', `Here is the invisible character U+${code}.`, repair)
  }
}

const SUSPICIOUS: Record<string, string> = {
  process: 'An exercise needs nothing from its process.',
  globalThis: 'Use parameters and results.',
  require: 'Import from #harness.',
  eval: 'Write the code itself.',
  Function: 'Write the function itself.',
  fetch: 'Use the pipeline that is handed in.',
}

function checkConstructs(submitted: SourceFile, report: Report): void {
  submitted.forEachDescendant((node) => {
    if (Node.isCallExpression(node) && node.getExpression().getKind() === SyntaxKind.ImportKeyword) {
      report(node, 'dynamic-import', 'This imports at run time.', 'Use an import declaration at the top.')
    }
    if (!Node.isIdentifier(node) || !Object.hasOwn(SUSPICIOUS, node.getText())) return
    const parent = node.getParent()
    // `x.process` or `{ process: … }` only share the name; a type such as `Function` does nothing.
    const isName = Node.isPropertyAccessExpression(parent) && parent.getNameNode() === node
    if (isName || Node.isPropertyAssignment(parent) || Node.isTypeReference(parent)) return
    report(node, 'construct', `This uses ${node.getText()}.`, SUSPICIOUS[node.getText()])
  })
}
