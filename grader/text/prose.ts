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

/** A prose that knows where it was read. */
export interface ReadProse extends Prose {
  /** Of each character of the text, where it stands in the document; −1 of those that were put between. */
  sources: number[]
}

/** Stands for each character whose digits are no numbers. It is a letter, so that `SD3` keeps its 3 to itself. */
const SILENT = 'ⓧ'

/** Numbers in words that count as numbers: those below read as words. */
export const WORDS =
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
export function readProse(markdown: string): ReadProse {
  const { said, heard, sources } = joined(new Reader(markdown).blocksOf(parseMarkdown(markdown)), '\n')
  return { text: said, numbers: numbersIn(heard), sources }
}

/** Where numbers stand in a line. */
export function numbersIn(text: string): Span[] {
  const heard = text.replaceAll(NAMES, (name) => SILENT.repeat(name.length))
  return [...heard.matchAll(NUMBER)].map(({ 0: { length }, index }) => [index, index + length])
}

/** The same characters three times: as they read, with those silenced whose digits do not count, and where they stand. */
interface Words {
  said: string
  heard: string
  sources: number[]
}

class Reader {
  readonly #markdown: string

  constructor(markdown: string) {
    this.#markdown = markdown
  }

  blocksOf(node: Nodes): Words[] {
    if (node.type === 'paragraph' || node.type === 'heading') return [this.#wordsOf(node.children)]
    if (node.type === 'tableRow') return [this.#rowOf(node)]
    if (node.type === 'code' || node.type === 'html') return []
    return 'children' in node ? node.children.flatMap((child) => this.blocksOf(child)) : []
  }

  #rowOf({ children }: TableRow): Words {
    const cells = children.map((cell) => this.#wordsOf(cell.children))
    return joined([between('| '), joined(cells, ' | '), between(' |')])
  }

  #wordsOf(nodes: PhrasingContent[]): Words {
    return joined(nodes.map((node) => this.#partOf(node)))
  }

  #partOf(node: PhrasingContent): Words {
    if (node.type === 'text') return this.#plain(node.value, node)
    if (node.type === 'inlineCode') return silent(this.#plain(`\`${node.value}\``, node))
    if (node.type === 'image') return this.#plain(node.alt ?? '', node)
    if (node.type === 'break') return between(' ')
    if (!('children' in node)) return between('')
    const inner = this.#wordsOf(node.children)
    return node.type === 'link' && /^https:\/\/arxiv\.org\//.test(node.url) ? silent(inner) : inner
  }

  /** Each character of a value is looked for behind the one before it: escapes and the ends of lines are passed over. */
  #plain(value: string, { position }: Nodes): Words {
    const line = value.replaceAll(/\s+/g, ' ')
    const [start, end] = [position?.start.offset ?? 0, position?.end.offset ?? 0]
    let next = start
    const sources = Array.from({ length: line.length }, (_, i) => {
      const found = line[i] === ' ' ? -1 : this.#markdown.indexOf(line[i], next)
      if (found === -1 || found >= end) return -1
      next = found + 1
      return found
    })
    return { said: line, heard: line, sources }
  }
}

/** What stands between words, and nowhere in the document. */
function between(said: string): Words {
  return { said, heard: said, sources: new Array<number>(said.length).fill(-1) }
}

function silent({ said, sources }: Words): Words {
  return { said, heard: SILENT.repeat(said.length), sources }
}

function joined(words: readonly Words[], separator = ''): Words {
  const gap = new Array<number>(separator.length).fill(-1)
  return {
    said: words.map(({ said }) => said).join(separator),
    heard: words.map(({ heard }) => heard).join(separator),
    sources: words.flatMap(({ sources }, i) => (i === 0 ? sources : [...gap, ...sources])),
  }
}
