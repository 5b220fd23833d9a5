import type { Nodes, PhrasingContent, TableRow } from 'mdast'
import { parseMarkdown } from './markdown.ts'

/** A place in a prose, the end excluded. */
export type Span = [start: number, end: number]

/** What a document says: a line per paragraph, heading and row of a table, without marks but for code's. */
export interface Prose {
  text: string
  /** Where numbers stand, in digits or in words from four up. Those in code, in names and in arXiv's are none. */
  numbers: Span[]
}

/** Stands for each character whose digits are no numbers. It is a letter, so that `SD3` keeps its 3 to itself. */
const SILENT = 'ⓧ'

const WORDS =
  'four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|' +
  'twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety'
const DIGITS = String.raw`\d{4}-\d{2}-\d{2}|\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)*(?:e[-−]?\d+)?`
/** Not the digits of a name: `T5`, `v1.5`, `ViT-14`. */
const NUMBER = new RegExp(
  String.raw`(?<![\p{L}\p{N}_]|\p{N}[.,]|\p{L}[.-])(?:${DIGITS})|(?<![\p{L}-])(?:${WORDS})(?!\p{L})`,
  'giu',
)

/** Code, and names that hold a number as a word of its own. */
const NAMES = /`[^`]*`|Stable Diffusion 3|Classroom 50/g

/** Reads a document's prose and finds its numbers. */
export function readProse(markdown: string): Prose {
  const blocks = blocksOf(parseMarkdown(markdown))
  const text = blocks.map(({ said }) => said).join('\n')
  const heard = blocks.map((block) => block.heard).join('\n')
  return { text, numbers: numbersIn(heard) }
}

/** Where numbers stand in a line. */
export function numbersIn(text: string): Span[] {
  const heard = text.replaceAll(NAMES, (name) => SILENT.repeat(name.length))
  return [...heard.matchAll(NUMBER)].map(({ 0: { length }, index }) => [index, index + length])
}

/** The same characters twice: as they read, and with those silenced whose digits do not count. */
interface Words {
  said: string
  heard: string
}

function blocksOf(node: Nodes): Words[] {
  if (node.type === 'paragraph' || node.type === 'heading') return [wordsOf(node.children)]
  if (node.type === 'tableRow') return [rowOf(node)]
  if (node.type === 'code' || node.type === 'html') return []
  return 'children' in node ? node.children.flatMap(blocksOf) : []
}

function rowOf({ children }: TableRow): Words {
  const cells = children.map((cell) => wordsOf(cell.children))
  const row = (pick: (cell: Words) => string) => `| ${cells.map(pick).join(' | ')} |`
  return { said: row(({ said }) => said), heard: row(({ heard }) => heard) }
}

function wordsOf(nodes: PhrasingContent[]): Words {
  const words = nodes.map((node): Words => {
    if (node.type === 'text') return plain(node.value)
    if (node.type === 'inlineCode') return silent(`\`${node.value}\``)
    if (node.type === 'image') return plain(node.alt ?? '')
    if (node.type === 'break') return plain(' ')
    if (!('children' in node)) return plain('')
    const inner = wordsOf(node.children)
    return node.type === 'link' && /^https:\/\/arxiv\.org\//.test(node.url) ? silent(inner.said) : inner
  })
  return {
    said: words.map(({ said }) => said).join(''),
    heard: words.map(({ heard }) => heard).join(''),
  }
}

function plain(value: string): Words {
  const line = value.replaceAll(/\s+/g, ' ')
  return { said: line, heard: line }
}

function silent(value: string): Words {
  const line = value.replaceAll(/\s+/g, ' ')
  return { said: line, heard: SILENT.repeat(line.length) }
}
