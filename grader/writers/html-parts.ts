import type { TaskResult } from '#grader/result.ts'
import type { Embedded } from './embed.ts'
import { messageOf, statusLine } from './feedback.ts'

/** Text as HTML, inside an element or a quoted attribute. */
export function escapeHtml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
  return text.replaceAll(/[&<>"]/g, (character) => entities[character]).replaceAll("'", '&#39;')
}

/** What became of a task, and what its specs said. */
export function taskHtml(task: TaskResult, message = messageOf(task)): string {
  return `<p>${escapeHtml(statusLine(task))}.</p>${message === '' ? '' : pre(message)}`
}

export function embeddedHtml(one: Embedded): string {
  const caption = `<figcaption>${escapeHtml(one.caption)}</figcaption>`
  if ('text' in one) return `<figure>${pre(one.text)}${caption}</figure>`
  if ('left' in one) return `<figure><p>${escapeHtml(one.left)}</p>${caption}</figure>`
  return `<figure><img src="${one.url}" alt="${escapeHtml(one.caption)}">${caption}</figure>`
}

export function pre(text: string): string {
  return `<pre>${escapeHtml(text)}</pre>`
}
