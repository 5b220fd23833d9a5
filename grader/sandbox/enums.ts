import type { PartialMessage } from 'esbuild'
import { withinTime } from '#grader/within-time.ts'

/** Space and comments; each alternative ends in one way only, so that no text makes the search slow. */
const GAP = String.raw`(?:\s|/\*(?:[^*]|\*(?!/))*\*/|//[^\n\r\u2028\u2029]*(?![^\n\r\u2028\u2029]))`
const ENUM = new RegExp(String.raw`\benum${GAP}+[\p{ID_Start}$_\\][^\s/{]*${GAP}*\{`, 'u')

/** For a few nested `async (a = async (…` TypeScript's parser takes exponential time. */
const LONGEST_MS = 5000

/**
 * Refuses enums. esbuild works out their strings: forty members, each twice the one before, are a terabyte.
 * A text that looks as if it declared one is parsed: it may only say so in a comment or a string.
 */
export async function enumRefused(text: string): Promise<PartialMessage[]> {
  const found = ENUM.exec(text)
  if (!found) return []
  const at = await enumIn(text, found.index)
  if (at === null) return []
  const line = text.slice(0, at).split('\n').length
  const remedy = 'Use an object of constants.'
  return [{ text: `An exercise cannot declare an enum (line ${line}).`, notes: [{ text: remedy }] }]
}

/** Where it is declared; `suspected` when the text cannot be parsed; null when it only looked so. */
async function enumIn(text: string, suspected: number): Promise<number | null> {
  const { ts } = await import('ts-morph')
  let at: number | null = null
  try {
    withinTime(LONGEST_MS, () => {
      const file = ts.createSourceFile('module.ts', text, ts.ScriptTarget.Latest)
      const { parseDiagnostics } = file as unknown as { parseDiagnostics: unknown[] }
      if (parseDiagnostics.length > 0) at = suspected
      const visit = (node: import('ts-morph').ts.Node): void => {
        if (ts.isEnumDeclaration(node)) at ??= node.getStart(file)
        ts.forEachChild(node, visit)
      }
      visit(file)
    })
    return at
  } catch {
    return suspected
  }
}
