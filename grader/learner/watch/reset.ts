import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ts } from 'ts-morph'
import writeFileAtomic from 'write-file-atomic'
import { modulePath, type Exercise, type Task } from '#grader/manifest/index.ts'
import { moduleParts, parseModule } from '#grader/learner/progress/module-parts.ts'
import { functionText } from './function-text.ts'

/** The exercises as they were handed out. */
const stubs = join(import.meta.dirname, 'stubs')

/**
 * Puts a task's stub back in place of its function, and touches nothing else.
 * @returns where the module was kept as it had been, relative to the kit's folder
 */
export async function resetTask(exercise: Exercise, task: Task, root = '.'): Promise<string> {
  const path = join(root, 'exercises', modulePath(exercise))
  const [own, stub] = await Promise.all([
    readFile(path, 'utf8').catch(() => ''),
    readFile(join(stubs, modulePath(exercise)), 'utf8'),
  ])
  const kept = keptPath(exercise, task)
  await mkdir(dirname(join(root, kept)), { recursive: true })
  await writeFile(join(root, kept), own)
  await writeFileAtomic(path, withStub(own, stub, task.export))
  return kept
}

/** A module with one function of another in place of its own; at its end when it has none of this name. */
export function withStub(own: string, stub: string, name: string): string {
  if (own.trim() === '') return stub
  const lineEnd = own.includes('\r\n') ? '\r\n' : '\n'
  const text = stub.slice(...functionText(stub, name)!.range).replaceAll(/\r?\n/g, lineEnd)
  const range = moduleParts(own) ? functionText(own, name)?.range : rangeByLines(own, name)
  const [start, end] = range ?? [own.length, own.length]
  const apart = start === own.length ? lineEnd : ''
  const after = own.slice(end) || lineEnd
  return withTodoError(own.slice(0, start) + apart + text + after, lineEnd)
}

/**
 * Where a function lies in a text whose syntax is broken, so that its end cannot be told by its braces: up to the next
 * line that begins, without an indent, as something else does.
 */
function rangeByLines(text: string, name: string): [number, number] | undefined {
  const begin = new RegExp(`(?:^\\/\\*\\*(?:(?!\\*\\/)[^])*\\*\\/\\s*)?^export .*\\b${name}\\b`, 'm').exec(
    text,
  )
  if (!begin) return undefined
  const from = begin.index + begin[0].length
  const next = /^(?:export|import|type|interface|const|let|class|async|function)\b|^\/[*/]/m.exec(
    text.slice(from),
  )
  const end = next ? from + next.index : text.length
  return [begin.index, begin.index + text.slice(begin.index, end).trimEnd().length]
}

/** The stub throws one, and its import may have gone with the last of the others. */
function withTodoError(text: string, lineEnd: string): string {
  const imports = parseModule(text).statements.filter(ts.isImportDeclaration)
  const isImported = imports.some(({ importClause }) => {
    const named = importClause?.namedBindings
    return named && ts.isNamedImports(named) && named.elements.some(({ name }) => name.text === 'TodoError')
  })
  if (isImported) return text
  const at = imports.length > 0 ? imports[0].getStart() : 0
  return `${text.slice(0, at)}import { TodoError } from '#harness'${lineEnd}${text.slice(at)}`
}

function keptPath({ id }: Exercise, task: Task): string {
  const time = new Date().toISOString().replaceAll(/\D/g, '-').slice(0, 23)
  return `out/before-reset/${id}/${task.id}-${time}.ts`
}
