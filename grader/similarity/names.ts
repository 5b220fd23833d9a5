import { ts } from 'ts-morph'

/** What the identifiers of a file stand for, by name: scopes are not told apart. */
export interface Names {
  /** Declared somewhere in the file: variables, parameters, functions. */
  local: Set<string>
  /** Declared at the top of the file. */
  topLevel: Set<string>
  /** Imported, with the exporter's own name: `import { rows as r }` gives r → rows. */
  imported: Map<string, string>
  /** Taken out of an object: `const { data: d } = tensor` gives d → data. */
  property: Map<string, string>
}

/** Collects what a file declares. */
export function localNames(file: ts.SourceFile): Names {
  const names: Names = { local: new Set(), topLevel: new Set(), imported: new Map(), property: new Map() }
  const visit = (node: ts.Node): void => {
    if (ts.isImportSpecifier(node)) names.imported.set(node.name.text, (node.propertyName ?? node.name).text)
    if (
      (ts.isVariableDeclaration(node) ||
        ts.isParameter(node) ||
        ts.isFunctionDeclaration(node) ||
        ts.isFunctionExpression(node) ||
        ts.isClassDeclaration(node) ||
        ts.isBindingElement(node) ||
        ts.isNamespaceImport(node)) &&
      node.name &&
      ts.isIdentifier(node.name)
    ) {
      names.local.add(node.name.text)
      const fromObject = ts.isBindingElement(node) && ts.isObjectBindingPattern(node.parent)
      if (fromObject && !node.dotDotDotToken) {
        const property = node.propertyName ?? node.name
        if (ts.isIdentifier(property)) names.property.set(node.name.text, property.text)
      }
      if (isAtTop(node)) names.topLevel.add(node.name.text)
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return names
}

function isAtTop(node: ts.Node): boolean {
  const statement = ts.isVariableDeclaration(node) ? node.parent.parent : node
  return ts.isSourceFile(statement.parent)
}
