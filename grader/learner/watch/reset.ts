import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ts } from 'ts-morph'
import writeFileAtomic from 'write-file-atomic'
import { modulePath, type Exercise, type Task } from '#grader/manifest/index.ts'
import { parseModule } from '#grader/learner/progress/module-parts.ts'
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
  const { range } = functionText(stub, name)!
  const text = stub.slice(...range).replaceAll(/\r?\n/g, lineEnd)
  const [start, end] = functionText(own, name)?.range ?? [own.length, own.length]
  const apart = start === own.length ? lineEnd : ''
  const after = own.slice(end) || lineEnd
  return withTodoError(own.slice(0, start) + apart + text + after, lineEnd)
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
