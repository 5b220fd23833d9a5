import GithubSlugger from 'github-slugger'
import type { Root } from 'mdast'
import { nodesOf, textOf } from './markdown.ts'

/** A document's links and the sources of its pictures. */
export function linksOf(document: Root): string[] {
  return [...nodesOf(document)].flatMap((node) =>
    node.type === 'link' || node.type === 'image' || node.type === 'definition' ? [node.url] : [],
  )
}

/** The anchors that GitHub gives a document's headings. */
export function anchorsOf(document: Root): Set<string> {
  const slugger = new GithubSlugger()
  return new Set(
    [...nodesOf(document)].flatMap((node) => (node.type === 'heading' ? [slugger.slug(textOf(node))] : [])),
  )
}

/** What a document has in code: a string per piece between backticks, and per block. */
export function codeOf(document: Root): string[] {
  return [...nodesOf(document)].flatMap((node) =>
    node.type === 'inlineCode' || node.type === 'code' ? [node.value] : [],
  )
}

/** The scripts of package.json that a piece of code runs. */
export function scriptsIn(code: string): string[] {
  return [...code.matchAll(/\bnpm run (?:--silent )?([\w:-]+)/g)].map(([, script]) => script)
}

/** `to`, from the folder of `from`, both relative to the kit. */
export function relativeTo(from: string, to: string): string {
  return decodeURIComponent(new URL(to, `kit:/${from}`).pathname.slice(1)).replace(/\/$/, '')
}
