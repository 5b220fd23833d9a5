import { defuse } from '#grader/defuse.ts'

/** A name or a title, made safe and kept on its line: names of folders may hold line breaks. */
export function oneLine(text: string): string {
  return defuse(text).replaceAll('\n', ' ')
}
