import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A picture or a text that a student's function made. */
export type OwnWork = { name: string; caption: string } & ({ png: string } | { text: string })

/** The lesson's pictures, by exercise, as the specs name them; what specs draw of single failures is not among them. */
const shown: Record<string, [file: string, caption: string][]> = {
  '01-pipeline-inspection': [['parameter-budget.txt', 'The budget that your parameterBudget counted']],
  '02-joint-attention': [
    ['made-up-attention.png', 'Made-up attention, drawn by your drawQuadrants'],
    ['joint-attention.png', 'The model’s attention, drawn by your drawQuadrants'],
    ['attention-mass.txt', 'Its masses, added up by your quadrantMass'],
  ],
  '03-flow-matching-steps': [
    ['curvature-cost.txt', 'Errors of a straight and a curved path, by your curvatureCost'],
    ['noise-levels.txt', 'Noise levels, by your sigmaSchedule'],
    ['step-counts.png', 'The runs of your compareStepCounts'],
    ['step-counts.txt', 'Their distances, and their seconds as your generateAtSteps measured them'],
    ['prompts.png', 'The pictures of your comparePrompts'],
    ['without-t5.png', 'The pictures of your compareWithoutT5'],
    ['flow-and-ddpm.png', 'The runs of your compareWithDdpm: flow matching above, DDPM below'],
    ['flow-and-ddpm.txt', 'Their distances and straightness'],
  ],
  '04-pipeline-trace': [
    ['trace.txt', 'The trace that your printTrace printed'],
    ['denoising-film.png', 'The film of your denoisingFilm'],
    ['vae-round-trip.png', 'There and back by your vaeRoundTrip'],
  ],
}

/** A larger file is no picture of the specs. */
const MOST_BYTES = 8_000_000

/**
 * What lies there of the lesson's pictures.
 * @param folder out/pictures, where `npm test` leaves them
 */
export async function readOwnWork(folder: string, exerciseId: string): Promise<OwnWork[]> {
  const found = (shown[exerciseId] ?? []).map(async ([file, caption]): Promise<OwnWork | null> => {
    const bytes = await readFile(join(folder, exerciseId, file)).catch(() => null)
    if (bytes === null || bytes.length === 0 || bytes.length > MOST_BYTES) return null
    const name = file.slice(0, file.lastIndexOf('.'))
    if (file.endsWith('.txt')) return { name, caption, text: bytes.toString('utf8').trimEnd() }
    return isPng(bytes) ? { name, caption, png: bytes.toString('base64') } : null
  })
  return (await Promise.all(found)).filter((one) => one !== null)
}

function isPng(bytes: Buffer): boolean {
  return bytes.subarray(0, 8).equals(Buffer.from('89504e470d0a1a0a', 'hex'))
}
