import { format } from 'prettier'
import { ts } from 'ts-morph'
import { localNames } from './names.ts'

/** A way to hide that code was copied, which keeps what the code does. */
export type Disguise = (text: string) => Promise<string>

/** A replacement of some characters of a text. */
interface Edit {
  start: number
  end: number
  text: string
}

type Edits = (file: ts.SourceFile, replace: (node: ts.Node, text: string) => void) => void

/** Applies the outermost of the edits that are found, until none is found any more. */
function edited(find: Edits): (text: string) => string {
  return (text) => {
    for (let round = 0; round < 20; round++) {
      const file = ts.createSourceFile('disguised.ts', text, ts.ScriptTarget.Latest, true)
      const edits: Edit[] = []
      find(file, (node, replacement) => {
        edits.push({ start: node.getStart(file), end: node.getEnd(), text: replacement })
      })
      if (edits.length === 0) break
      edits.sort((a, b) => b.start - a.start || b.end - a.end)
      let untouched = text.length
      for (const { start, end, text: replacement } of edits) {
        if (end > untouched) continue
        text = text.slice(0, start) + replacement + text.slice(end)
        untouched = start
      }
    }
    return text
  }
}

/** Every variable, parameter and helper gets another name; the exported functions keep theirs. */
const renamed: Disguise = async (text) => {
  const file = ts.createSourceFile('disguised.ts', text, ts.ScriptTarget.Latest, true)
  const { local } = localNames(file)
  for (const statement of file.statements) {
    const exported = ts.canHaveModifiers(statement) && ts.getModifiers(statement)?.some(isExport)
    if (!exported) continue
    if (ts.isFunctionDeclaration(statement) && statement.name) local.delete(statement.name.text)
    if (ts.isVariableStatement(statement))
      for (const { name } of statement.declarationList.declarations) local.delete(name.getText(file))
  }
  const fresh = new Map([...local].map((name, i) => [name, `zz${i}`]))
  const edits: Edit[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) && !ts.isTypeQueryNode(node)) return
    if (ts.isTypeAliasDeclaration(node) || ts.isInterfaceDeclaration(node)) return
    if (ts.isIdentifier(node) && fresh.has(node.text) && !namesProperty(node)) {
      const name = fresh.get(node.text)!
      const keepsProperty =
        ts.isShorthandPropertyAssignment(node.parent) ||
        (ts.isBindingElement(node.parent) &&
          ts.isObjectBindingPattern(node.parent.parent) &&
          !node.parent.propertyName &&
          !node.parent.dotDotDotToken &&
          node.parent.name === node)
      edits.push({
        start: node.getStart(file),
        end: node.getEnd(),
        text: keepsProperty ? `${node.text}: ${name}` : name,
      })
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  for (const { start, end, text: name } of edits.sort((a, b) => b.start - a.start))
    text = text.slice(0, start) + name + text.slice(end)
  return text
}

/** The declarations of the file, and the properties of its object literals, in the opposite order. */
const reordered: Disguise = async (text) => {
  const file = ts.createSourceFile('disguised.ts', text, ts.ScriptTarget.Latest, true)
  const imports = file.statements.filter(ts.isImportDeclaration).map((node) => node.getFullText(file))
  const functions = file.statements.filter(ts.isFunctionDeclaration).map((node) => node.getFullText(file))
  const others = file.statements
    .filter((node) => !ts.isImportDeclaration(node) && !ts.isFunctionDeclaration(node))
    .map((node) => node.getFullText(file))
  const turned = [...imports, ...others, ...functions.reverse()].join('\n')
  return once(turned, (node, source) => {
    if (!ts.isObjectLiteralExpression(node) || node.properties.length < 2) return null
    if (
      node.properties.some(
        (property) => ts.isSpreadAssignment(property) || /await|\(/.test(property.getText(source)),
      )
    )
      return null
    return `{ ${node.properties
      .map((property) => property.getText(source))
      .reverse()
      .join(', ')} }`
  })
}

/** Other line lengths, quotes and semicolons. */
const reformatted: Disguise = (text) =>
  format(text, { parser: 'typescript', printWidth: 44, semi: true, useTabs: true, arrowParens: 'avoid' })

/** All comments gone, others in their place. */
const commented: Disguise = async (text) => {
  const bare = ts
    .createPrinter({ removeComments: true })
    .printFile(ts.createSourceFile('a.ts', text, ts.ScriptTarget.Latest, true))
  return bare
    .split('\n')
    .map((line, i) =>
      /^\s*(const|let|for|if|return)\b/.test(line) ? `// idea no ${i}, see my notes\n${line}` : line,
    )
    .join('\n')
}

/** Code that does nothing, at the beginning of every function and after its declarations. */
const padded: Disguise = async (text) => {
  let count = 0
  return edited((file, replace) => {
    const visit = (node: ts.Node): void => {
      if (ts.isBlock(node) && !node.getText(file).startsWith('{ const spare')) {
        count++
        const statements = node.statements.map((statement, i) => {
          const own = statement.getText(file)
          const harmless = `if (Number.isNaN(${count} + ${i})) { throw new RangeError('spare ${count}') }`
          return ts.isVariableStatement(statement) && i % 2 === 0 ? `${own}\n${harmless}` : own
        })
        replace(
          node,
          `{ const spare${count} = [${count}, ${count + 1}].length\nvoid spare${count}\n${statements.join('\n')}\n}`,
        )
        return // the blocks within it are found in the next round
      }
      ts.forEachChild(node, visit)
    }
    visit(file)
  })(text)
}

/** Loops become `forEach`, and `map` becomes a loop, where nothing stands against it. */
const rewritten: Disguise = async (text) => {
  let count = 0
  const toMethods = edited((file, replace) => {
    const visit = (node: ts.Node): void => {
      const text = methodOf(node, file)
      if (text !== null) return replace(node, text)
      ts.forEachChild(node, visit)
    }
    visit(file)
  })
  const toLoops = (source: string) =>
    once(source, (node, file) => {
      if (!ts.isVariableStatement(node) || node.declarationList.declarations.length !== 1) return null
      const [{ name, initializer }] = node.declarationList.declarations
      if (!initializer || !ts.isIdentifier(name) || !ts.isCallExpression(initializer)) return null
      const { expression, arguments: given } = initializer
      const [callback] = given
      if (!ts.isPropertyAccessExpression(expression) || expression.name.text !== 'map' || given.length !== 1)
        return null
      if (!ts.isArrowFunction(callback) || ts.isBlock(callback.body) || callback.parameters.length !== 1)
        return null
      if (/\.data\b/.test(expression.expression.getText(file))) return null // a typed array's map gives a typed array
      const parameter = callback.parameters[0].name.getText(file)
      const list = `list${count++}`
      return `const ${list} = []\nfor (const ${parameter} of ${expression.expression.getText(file)}) ${list}.push(${callback.body.getText(file)})\nconst ${name.text} = ${list}`
    })
  return toMethods(toLoops(text))
}

/** A counting loop or a loop over values as a call of forEach; null where leaving the loop would mean something else. */
function methodOf(node: ts.Node, file: ts.SourceFile): string | null {
  if (!ts.isForStatement(node) && !ts.isForOfStatement(node)) return null
  const body = node.statement.getText(file)
  if (/\b(return|break|continue|await)\b/.test(body) || !node.initializer) return null
  if (!ts.isVariableDeclarationList(node.initializer) || node.initializer.declarations.length !== 1)
    return null
  const [{ name, initializer }] = node.initializer.declarations
  const block = ts.isBlock(node.statement) ? body : `{ ${body} }`
  if (ts.isForOfStatement(node)) {
    if (/\.entries\(\)$|\.keys\(\)$/.test(node.expression.getText(file))) return null
    return `;(${node.expression.getText(file)}).forEach((${name.getText(file)}) => ${block})`
  }
  const { condition, incrementor } = node
  if (
    !initializer ||
    !condition ||
    !ts.isBinaryExpression(condition) ||
    condition.operatorToken.getText(file) !== '<'
  )
    return null
  if (condition.left.getText(file) !== name.getText(file)) return null
  if (incrementor?.getText(file) !== `${name.getText(file)}++`) return null
  const [from, to, i] = [initializer.getText(file), condition.right.getText(file), name.getText(file)]
  return `;Array.from({ length: (${to}) - (${from}) }, (_, each) => each + (${from})).forEach((${i}) => ${block})`
}

/** Replaces nodes from the leaves up, each once. */
function once(text: string, replacement: (node: ts.Node, file: ts.SourceFile) => string | null): string {
  const file = ts.createSourceFile('disguised.ts', text, ts.ScriptTarget.Latest, true)
  const edits: Edit[] = []
  const visit = (node: ts.Node): void => {
    const replaced = replacement(node, file)
    if (replaced !== null) edits.push({ start: node.getStart(file), end: node.getEnd(), text: replaced })
    else ts.forEachChild(node, visit)
  }
  visit(file)
  for (const { start, end, text: replaced } of edits.reverse())
    text = text.slice(0, start) + replaced + text.slice(end)
  return text
}

function isExport({ kind }: ts.ModifierLike): boolean {
  return kind === ts.SyntaxKind.ExportKeyword
}

/** Whether an identifier names a property rather than something of the file's own. */
function namesProperty({ parent, ...node }: ts.Identifier): boolean {
  const is = (other: ts.Node | undefined) =>
    other !== undefined && other.pos === node.pos && other.end === node.end
  return (
    (ts.isPropertyAccessExpression(parent) && is(parent.name)) ||
    (ts.isPropertyAssignment(parent) && is(parent.name)) ||
    (ts.isMethodDeclaration(parent) && is(parent.name)) ||
    (ts.isBindingElement(parent) && is(parent.propertyName)) ||
    ts.isImportSpecifier(parent) ||
    ts.isTypeReferenceNode(parent)
  )
}

export const disguises: Record<string, Disguise> = {
  'exact copy': async (text) => text,
  renamed,
  reordered,
  reformatted,
  'comments changed': commented,
  'dead code': padded,
  'loops ↔ map': rewritten,
  'all of these': async (text) => {
    for (const disguise of [commented, rewritten, padded, reordered, renamed, reformatted])
      text = await disguise(text)
    return text
  },
}
