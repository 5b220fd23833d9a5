import { readFile } from 'node:fs/promises'
import { defuse } from '#grader/defuse.ts'
import type { Graded } from '#grader/grade.ts'
import type { Visibility } from '#grader/manifest/index.ts'
import type { Attachment } from '#grader/spec/attach.ts'

/** A picture or text of an exercise, ready to stand inside a file that is read elsewhere. */
export type Embedded = { exercise: string; caption: string; visibility: Visibility } & (
  | { text: string }
  | { url: string }
  | { left: string } // why the picture is not here
)

/**
 * Reads what an exercise attached and turns pictures into data URLs, in order, until `mostBytes` of base64 are used;
 * a picture that does not fit is replaced by a sentence that says so.
 */
export async function embedAttachments({ attachments }: Graded, mostBytes: number): Promise<Embedded[]> {
  const embedded: Embedded[] = []
  let bytes = 0
  for (const [exercise, list] of attachments) {
    for (const attachment of list) {
      const one = await embed(attachment, mostBytes - bytes)
      if ('url' in one) bytes += one.url.length
      const { caption, visibility = 'always' } = attachment
      embedded.push({ exercise, caption: defuse(caption), visibility, ...one })
    }
  }
  return embedded
}

async function embed(attachment: Attachment, mostBytes: number) {
  if ('text' in attachment) return { text: defuse(attachment.text) }
  const picture = await readFile(attachment.file).catch(() => null)
  if (picture === null) return { left: 'The picture is missing.' }
  const url = `data:image/png;base64,${picture.toString('base64')}`
  if (url.length <= mostBytes) return { url }
  return { left: `Left out here, ${Math.ceil(picture.length / 1024)} KiB are too many: see the full report.` }
}
