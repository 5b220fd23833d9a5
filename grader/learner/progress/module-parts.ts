import { ts } from 'ts-morph'

/** A declaration or statement at the top of a module. */
export interface Part {
  /** Its tokens: comments, blanks and line endings do not count. */
  tokens: string
  /** Names that it uses, wherever they are declared. */
  uses: ReadonlySet<string>
  /** Where it is imported from. */
  from?: string
}

/** A module taken apart, to tell what each of its exports is made of. */
export interface ModuleParts {
  /** What is declared at the top, or imported, by name. */
  declared: ReadonlyMap<string, Part>
  /** What runs whenever the module is loaded, and so belongs to each export. */
  always: readonly Part[]
  /** The declared name behind each exported one, where the two differ. */
  exported: ReadonlyMap<string, string>
  /** Specifiers of what is imported or exported again. */
  imports: readonly string[]
}

/** Takes a TypeScript module apart. Null when it has a syntax error. */
export function moduleParts(text: string): ModuleParts | null {
  if (hasSyntaxError(text)) return null
  const file = parseModule(text)
  const declared = new Map<string, Part>()
  const always: Part[] = []
  const exported = new Map<string, string>()
  const imports: string[] = []
  for (const statement of file.statements) {
    const from = specifierOf(statement)
    if (from !== undefined) imports.push(from)
    if (ts.isImportDeclaration(statement) && statement.importClause) {
      for (const binding of bindingsOf(statement.importClause)) {
        const { tokens, uses } = partOf(binding, file)
        declared.set(binding.name!.text, { tokens: `${tokens} ${from}`, uses, from: from! })
      }
      continue
    }
    if (ts.isExportDeclaration(statement) && from === undefined) {
      for (const { name, propertyName } of namedExports(statement))
        exported.set(name.text, (propertyName ?? name).text)
      continue
    }
    const names = declaredNames(statement)
    const part = { ...partOf(statement, file), ...(from !== undefined && { from }) }
    for (const name of names) declared.set(name, part)
    if (names.length === 0 || runsOnLoad(statement)) always.push(part)
  }
  return { declared, always, exported, imports }
}

export function parseModule(text: string): ts.SourceFile {
  return ts.createSourceFile('module.ts', text, ts.ScriptTarget.ESNext, true)
}

function hasSyntaxError(text: string): boolean {
  const { diagnostics = [] } = ts.transpileModule(text, { reportDiagnostics: true })
  return diagnostics.some(({ category }) => category === ts.DiagnosticCategory.Error)
}

function specifierOf(statement: ts.Statement): string | undefined {
  if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return undefined
  const { moduleSpecifier } = statement
  return moduleSpecifier && ts.isStringLiteral(moduleSpecifier) ? moduleSpecifier.text : undefined
}

function bindingsOf(clause: ts.ImportClause): (ts.ImportClause | ts.NamespaceImport | ts.ImportSpecifier)[] {
  const { name, namedBindings } = clause
  const others = !namedBindings
    ? []
    : ts.isNamespaceImport(namedBindings)
      ? [namedBindings]
      : namedBindings.elements
  return [...(name ? [clause] : []), ...others]
}

function namedExports({ exportClause }: ts.ExportDeclaration): readonly ts.ExportSpecifier[] {
  return exportClause && ts.isNamedExports(exportClause) ? exportClause.elements : []
}

function declaredNames(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.flatMap(({ name }) => boundNames(name))
  const { name } = statement as { name?: ts.Node }
  return name && ts.isIdentifier(name) ? [name.text] : []
}

function boundNames(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text]
  return name.elements.flatMap((element) => (ts.isBindingElement(element) ? boundNames(element.name) : []))
}

/** Whether loading the module calls something here: another part may then fail, or find something changed. */
function runsOnLoad(node: ts.Node): boolean {
  if (ts.isFunctionLike(node) || ts.isTypeNode(node)) return false
  if (ts.isCallExpression(node) || ts.isNewExpression(node)) return true
  if (ts.isAwaitExpression(node) || ts.isTaggedTemplateExpression(node)) return true
  return ts.forEachChild(node, (child) => runsOnLoad(child) || undefined) ?? false
}

function partOf(node: ts.Node, file: ts.SourceFile): Part {
  const uses = new Set<string>()
  const visit = (child: ts.Node) => {
    if (ts.isIdentifier(child) && !isPropertyName(child)) uses.add(child.text)
    ts.forEachChild(child, visit)
  }
  visit(node)
  return { tokens: tokensOf(node, file), uses }
}

/** `x.name` and `{ name: … }` only share the name with what is declared. */
function isPropertyName(node: ts.Identifier): boolean {
  const { parent } = node
  return (ts.isPropertyAccessExpression(parent) || ts.isPropertyAssignment(parent)) && parent.name === node
}

function tokensOf(node: ts.Node, file: ts.SourceFile): string {
  if (ts.isJSDoc(node)) return ''
  const children = node.getChildren(file)
  if (children.length > 0) return children.map((child) => tokensOf(child, file)).join(' ')
  return node.kind === ts.SyntaxKind.JsxText ? node.getFullText(file) : node.getText(file)
}
