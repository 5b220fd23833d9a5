import { fileURLToPath } from 'node:url'
import { writeFile } from 'node:fs/promises'
import { manifestHash, renderFigure, savePng, StableDiffusion3Pipeline } from '#harness'
import { parseOptions, runCommand } from '../../harness/cli/command.ts'
import { modelFolder } from '../../harness/cli/model-folder.ts'

const prompts = [
  'a cat sitting on a beach at sunset',
  'a sunset over the ocean',
  'a red ball to the left of a blue cube, on a wooden table, with a green plant in the background',
]
const seed = 42
const stepCounts = [2, 4, 6, 10, 20, 30]

const at = (name: string) => fileURLToPath(new URL(name, import.meta.url))

/** Draws the pictures of the READMEs again, and notes with which weights. */
await runCommand(async () => {
  parseOptions(
    { does: "Draws the READMEs' pictures again, and notes with which weights." },
    'npm run pictures',
  )
  const folder = modelFolder()
  const pipe = await StableDiffusion3Pipeline.fromPretrained(folder)
  const draw = async (prompt: string, numInferenceSteps: number) =>
    (await pipe.generate({ prompt, seed, numInferenceSteps })).images[0]
  const save = (name: string, figure: Parameters<typeof savePng>[1]) => savePng(at(name), figure)

  const lesson = []
  for (const prompt of prompts) lesson.push({ image: await draw(prompt, 28), title: prompt })
  await save('lesson.png', await renderFigure({ images: lesson }))

  const steps = []
  for (const count of stepCounts)
    steps.push({ image: await draw(prompts[2], count), title: `${count} steps` })
  await save('steps.png', await renderFigure({ images: steps, columns: stepCounts.length }))
  await writeFile(at('drawn-with.json'), JSON.stringify({ weights: await manifestHash(folder) }) + '\n')
  await pipe.release()
})
