import type { PartialMessage } from 'esbuild'
import { withinTime } from '#grader/within-time.ts'

/** In time that grows with the text: what stands between the word and a brace is for the parser to say. */
const WORD = /\benum\b/

/** For a few nested `async (a = async (…` TypeScript's parser takes exponential time. */
const LONGEST_MS = 5000

/**
 * Refuses enums. esbuild works out their strings: forty members, each twice the one before, are a terabyte.
 * A text with the word in it is parsed: it may stand in a comment or a string.
 */
export async function enumRefused(text: string): Promise<PartialMessage[]> {
  const word = WORD.exec(text)
  if (!word) return []
  const at = await enumIn(text)
  if (at === null) return []
  const [what, remedy] =
    at === 'unreadable'
      ? ['This cannot be parsed, and may declare an enum', 'Repair what is no TypeScript.']
      : ['An exercise cannot declare an enum', 'Use an object of constants.']
  const line = text.slice(0, at === 'unreadable' ? word.index : at).split('\n').length
  return [{ text: `${what} (line ${line}).`, notes: [{ text: remedy }] }]
}

/** Where it is declared; null when the text only speaks of one. */
async function enumIn(text: string): Promise<number | 'unreadable' | null> {
  const { ts } = await import('ts-morph')
  let at: number | 'unreadable' | null = null
  try {
    withinTime(LONGEST_MS, () => {
      const file = ts.createSourceFile('module.ts', text, ts.ScriptTarget.Latest)
      const { parseDiagnostics } = file as unknown as { parseDiagnostics: unknown[] }
      if (parseDiagnostics.length > 0) at = 'unreadable'
      const visit = (node: import('ts-morph').ts.Node): void => {
        if (ts.isEnumDeclaration(node)) at ??= node.getStart(file)
        ts.forEachChild(node, visit)
      }
      visit(file)
    })
    return at
  } catch {
    return 'unreadable'
  }
}
