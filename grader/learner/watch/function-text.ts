import { ts } from 'ts-morph'
import { parseModule } from '#grader/learner/progress/module-parts.ts'

/** A task's function in the text of its module. */
export interface FunctionText {
  /** Where it begins, with its doc comment, and where it ends: offsets into the text. */
  range: [start: number, end: number]
  /** From `export` to its closing brace. */
  code: string
  /** What its doc comment says, a paragraph or list item each, without the marks. */
  doc: string[]
  /** Of its name, from 1. */
  line: number
}

/** Finds an exported function, be it declared or assigned to a constant. Null when there is none of this name. */
export function functionText(text: string, name: string): FunctionText | null {
  const file = parseModule(text)
  const found = file.statements.find((statement) => isNamed(statement, name))
  if (!found) return null
  const code = found.getStart(file)
  const start = found.getStart(file, true)
  const comments = ts.getJSDocCommentsAndTags(found).filter(ts.isJSDoc)
  return {
    range: [start, found.end],
    code: text.slice(code, found.end),
    doc: comments.length === 0 ? [] : paragraphs(comments[comments.length - 1].getText(file)),
    line: file.getLineAndCharacterOfPosition(code).line + 1,
  }
}

function isNamed(statement: ts.Statement, name: string): boolean {
  if (ts.isFunctionDeclaration(statement)) return statement.name?.text === name
  return (
    ts.isVariableStatement(statement) &&
    statement.declarationList.declarations.some(
      (declaration) => ts.isIdentifier(declaration.name) && declaration.name.text === name,
    )
  )
}

function paragraphs(comment: string): string[] {
  const lines = comment
    .replace(/^\/\*\*?/, '')
    .replace(/\*\/$/, '')
    .split(/\r?\n/)
    .map((line) => line.replace(/^[ \t]*\* ?/, '').trim())
  const joined: string[] = []
  for (const [i, line] of lines.entries()) {
    const begins = line === '' || lines[i - 1] === '' || i === 0 || /^(\d+\.|-) /.test(line)
    if (begins) joined.push(line)
    else joined.push(`${joined.pop()} ${line}`.trim())
  }
  while (joined[0] === '') joined.shift()
  while (joined.at(-1) === '') joined.pop()
  return joined
}
