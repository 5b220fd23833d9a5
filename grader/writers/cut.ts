/** Shortens text to a host's limit, in UTF-16 units, and says so at its end. */
export function cut(text: string, longest: number): string {
  if (text.length <= longest) return text
  const note = `\n[cut: the first part of ${text.length} characters]`
  return note.length >= longest
    ? wholeCharacters(text, longest)
    : wholeCharacters(text, longest - note.length) + note
}

/** Shortens lines of text to a limit in UTF-8 bytes; `note` takes the place of what is left out. */
export function cutLines(text: string, mostBytes: number, note: string): string {
  if (Buffer.byteLength(text) <= mostBytes) return text
  let bytes = Buffer.byteLength(note) + 2
  const kept: string[] = []
  for (const line of text.split('\n')) {
    bytes += Buffer.byteLength(line) + 1
    if (bytes > mostBytes) break
    kept.push(line)
  }
  return `${kept.join('\n')}\n\n${note}`
}

/** Never half of a surrogate pair: hosts refuse the file for it. */
function wholeCharacters(text: string, longest: number): string {
  const isSplit = /[\ud800-\udbff]/.test(text.charAt(longest - 1))
  return text.slice(0, isSplit ? longest - 1 : longest)
}
