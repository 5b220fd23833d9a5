import { ts } from 'ts-morph'
import { localNames, type Names } from './names.ts'

/** One token of a function as it is compared, and the line it stands on, from 1. */
export interface Token {
  text: string
  line: number
}

/** A top-level declaration: its tokens, and which of the file's own declarations they mention. */
export interface Unit {
  name: string
  tokens: Token[]
  mentions: Set<string>
}

/** Methods that run their callback once an element, as a loop runs its body. */
const EACH = new Set([
  'map',
  'forEach',
  'reduce',
  'filter',
  'flatMap',
  'some',
  'every',
  'find',
  'findLastIndex',
])

/**
 * Reduces a file to what is hard to disguise. Gone are comments, layout, types, the names of variables and of
 * functions of one's own, the value of texts, `return`, and whether a tensor was destructured; loops, `map` and
 * `forEach` read alike. What stays is which operators, numbers, properties and functions of others meet in which order.
 */
export function normalise(text: string): Unit[] {
  const file = ts.createSourceFile('submitted.ts', text, ts.ScriptTarget.Latest, true)
  const names = localNames(file)
  const units: Unit[] = []
  for (const statement of file.statements) {
    if (isType(statement) || ts.isImportDeclaration(statement)) continue
    const declared = ts.isVariableStatement(statement) ? statement.declarationList.declarations : [statement]
    for (const declaration of declared) {
      units.push(unitOf(nameOf(declaration), declaration, file, names))
    }
  }
  return units
}

/** Empty for a statement that declares nothing. */
function nameOf(node: ts.Node): string {
  const isNamed =
    ts.isVariableDeclaration(node) || ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node)
  return isNamed && node.name && ts.isIdentifier(node.name) ? node.name.text : ''
}

function unitOf(name: string, root: ts.Node, file: ts.SourceFile, names: Names): Unit {
  const unit: Unit = { name, tokens: [], mentions: new Set() }
  const put = (node: ts.Node, text: string) => {
    const line = file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1
    unit.tokens.push({ text, line })
  }

  const visit = (node: ts.Node): void => {
    if (isType(node)) return
    if (ts.isFunctionLike(node)) return visitIfAny((node as ts.FunctionLikeDeclaration).body)
    if (ts.isIdentifier(node)) return identifier(node)
    if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) {
      put(node, 'text')
      return ts.isTemplateExpression(node)
        ? node.templateSpans.forEach((span) => visit(span.expression))
        : undefined
    }
    if (ts.isNumericLiteral(node)) return put(node, String(Number(node.text)))
    if (ts.isPropertyAccessExpression(node)) {
      const receiver = node.expression
      if (!ts.isIdentifier(receiver) || names.property.has(receiver.text)) visit(receiver)
      return put(node.name, node.name.text)
    }
    if (ts.isElementAccessExpression(node)) {
      visit(node.expression)
      put(node, 'at')
      return visit(node.argumentExpression)
    }
    if (ts.isForStatement(node) || ts.isWhileStatement(node) || ts.isDoStatement(node)) {
      put(node, 'loop')
      return visit(node.statement)
    }
    if (ts.isForOfStatement(node) || ts.isForInStatement(node)) {
      visit(node.expression)
      put(node, 'loop')
      return visit(node.statement)
    }
    if (ts.isCallExpression(node)) return call(node)
    if (ts.isBinaryExpression(node)) return binary(node)
    if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
      put(node, ts.tokenToString(node.operator) ?? '?')
      return visit(node.operand)
    }
    if (ts.isConditionalExpression(node) || ts.isIfStatement(node)) put(node, 'if')
    if (ts.isVariableDeclaration(node)) {
      if (node.initializer) put(node, '=')
      return visitIfAny(node.initializer)
    }
    if (ts.isPropertyAssignment(node)) {
      if (ts.isIdentifier(node.name)) put(node.name, node.name.text)
      return visit(node.initializer)
    }
    if (ts.isShorthandPropertyAssignment(node)) {
      put(node, node.name.text)
      return identifier(node.name)
    }
    if (ts.isArrayLiteralExpression(node)) put(node, 'list')
    if (ts.isSpreadElement(node)) put(node, '...')
    ts.forEachChild(node, visit)
  }

  const visitIfAny = (node: ts.Node | undefined) => (node ? visit(node) : undefined)

  const identifier = (node: ts.Identifier) => {
    if (names.topLevel.has(node.text)) unit.mentions.add(node.text)
    put(
      node,
      names.property.get(node.text) ??
        names.imported.get(node.text) ??
        (names.local.has(node.text) ? 'v' : node.text),
    )
  }

  const call = (node: ts.CallExpression) => {
    const method = ts.isPropertyAccessExpression(node.expression) ? node.expression : null
    const callback = node.arguments.find(
      (argument) => ts.isArrowFunction(argument) || ts.isFunctionExpression(argument),
    )
    if (method?.name.text === 'push') return node.arguments.forEach(visit) // as a callback of map gives its value
    if (method && callback && (EACH.has(method.name.text) || method.name.text === 'from')) {
      visit(method.expression)
      put(node, 'loop')
      return node.arguments.forEach((argument) => {
        if (!ts.isObjectLiteralExpression(argument)) visit(argument)
      })
    }
    ts.forEachChild(node, visit)
  }

  const binary = ({ left, operatorToken, right }: ts.BinaryExpression) => {
    const operator = operatorToken.getText(file)
    visit(left)
    // a = a + b reads as a += b
    if (operator === '=' && ts.isBinaryExpression(right) && right.left.getText(file) === left.getText(file)) {
      put(operatorToken, `${right.operatorToken.getText(file)}=`)
      return visit(right.right)
    }
    put(operatorToken, operator)
    visit(right)
  }

  visit(root)
  return unit
}

function isType(node: ts.Node): boolean {
  return ts.isTypeNode(node) || ts.isTypeAliasDeclaration(node) || ts.isInterfaceDeclaration(node)
}
