import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inject, type TestContext } from 'vitest'
import { exerciseById, visibilityOf, type Visibility } from '#grader/manifest/index.ts'
import { encodePng, renderFigure, type Figure, type Image } from '#harness'
import { remembered } from './remembered.ts'

/** Something a spec hands to the report: a picture on disk, or text. */
export type Attachment = { name: string; caption: string; visibility?: Visibility } & (
  { file: string } | { text: string }
)

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder for the pictures of this run; absent when nobody will look at them. */
    pictures: string | undefined
  }
  interface TaskMeta {
    attachments?: Attachment[]
  }
}

const LONGEST_SIDE = 4096
const LONGEST_TEXT = 10_000

type Pending = { name: string; caption: string } & ({ image: Image } | { figure: Figure } | { text: string })
let pending: Pending[] = []
let current: { task: string; title: string } | undefined

/**
 * Shows a picture in the report, or in out/pictures under `npm test`; a no-op where nobody looks.
 * @param name a file name without its ending, unique within the exercise: `step-comparison`
 * @throws Error when the value is no picture: check it first
 */
export function attachImage(name: string, image: Image, caption = name.replaceAll('-', ' ')): void {
  assertName(name)
  if (!isImage(image))
    throw new Error(`attachImage('${name}'): not an RGB picture of at most ${LONGEST_SIDE} pixels a side.`)
  pending.push({ name, caption, image })
}

/** Shows text, such as a printed trace, in the report; under `npm test` it lies beside the pictures. */
export function attachText(name: string, text: string, caption = name.replaceAll('-', ' ')): void {
  assertName(name)
  pending.push({ name, caption, text: text.slice(0, LONGEST_TEXT) })
}

/** Shows pictures side by side, drawn when the spec has ended. */
export function attachPanels(name: string, figure: Figure, caption: string): void {
  assertName(name)
  pending.push({ name, caption, figure })
}

/** Shows pictures side by side, under a name that belongs to the spec that is running. */
export function attachFigure(kind: string, figure: Figure, caption: string): void {
  if (inject('pictures') === undefined || !current) return
  const words = `${current.task} ${current.title}`.toLowerCase().match(/[a-z0-9]+/g) ?? []
  pending.push({ name: `${words.join('-').slice(0, 80).replace(/-$/, '')}-${kind}`, caption, figure })
}

/** Forgets what was attached so far: the spec begins again. */
export function dropAttachments(): void {
  pending = []
}

/** Runs one spec and writes what it attached, also when it failed: a wrong picture is worth seeing. */
export async function withAttachments(
  context: TestContext,
  exerciseId: string,
  run: () => Promise<void>,
): Promise<void> {
  pending = []
  current = { task: context.task.meta.task ?? '', title: context.task.name }
  try {
    await run()
  } finally {
    const folder = inject('pictures')
    if (folder !== undefined && pending.length > 0) {
      const task = exerciseById(exerciseId).tasks.find(({ id }) => id === context.task.meta.task)
      const visibility = task ? visibilityOf(task, context.task.name) : 'always'
      const written = await Promise.all(pending.map((one) => write(join(folder, exerciseId), one)))
      context.task.meta.attachments =
        visibility === 'always' ? written : written.map((one) => ({ ...one, visibility }))
    }
  }
}

async function write(folder: string, attachment: Pending): Promise<Attachment> {
  if ('text' in attachment) {
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, `${attachment.name}.txt`), attachment.text)
    return attachment
  }
  const { name, caption } = attachment
  const png =
    'image' in attachment
      ? await remembered('png', attachment.image, () => encodePng(attachment.image))
      : await remembered('figure', attachment.figure, async () =>
          encodePng(await renderFigure(attachment.figure)),
        )
  const file = join(folder, `${name}.png`)
  await mkdir(folder, { recursive: true })
  await writeFile(file, png)
  return { name, caption, file }
}

function isImage({ width, height, data }: Image): boolean {
  const isSide = (side: number) => Number.isInteger(side) && side > 0 && side <= LONGEST_SIDE
  return isSide(width) && isSide(height) && data instanceof Uint8Array && data.length === width * height * 3
}

function assertName(name: string): void {
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name))
    throw new Error(`"${name}" is no name for an attachment: use kebab-case.`)
}
