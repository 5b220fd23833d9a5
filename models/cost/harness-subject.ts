import { createInterface } from 'node:readline'
import {
  HarnessError,
  manualSeed,
  StableDiffusion3Pipeline,
  type Image,
  type PromptEmbeddings,
} from '#harness'
import type { Answer, Request } from './subject.ts'

/** The harness as a subject of the cost benchmark: answers requests as diffusers_subject.py does. */
const answer = (fields: Answer) => console.log(JSON.stringify(fields))

try {
  const [checkpoint] = process.argv.slice(2)
  const pipe = await StableDiffusion3Pipeline.fromPretrained(checkpoint, {
    device: 'cpu',
    memory: 'resident',
  })
  const { in_channels: channels } = (await pipe.components()).transformer.config as { in_channels: number }
  let embeddings: PromptEmbeddings | undefined

  const parts: Record<Request['part'], (request: Request) => Promise<Image | void>> = {
    encode: async ({ prompt }) => void (embeddings = await pipe.encodePrompt({ prompt })),
    steps: async ({ size, seed, steps }) => {
      const options = { embeddings: embeddings!, seed, height: size, width: size, numInferenceSteps: steps }
      await pipe.generate({ ...options, outputType: 'latent' })
    },
    decode: async ({ size, seed }) =>
      void (await pipe.vaeDecode(manualSeed(seed).randn([1, channels, size / 8, size / 8]))),
    picture: async ({ prompt, size, seed, steps }) => {
      const options = { prompt, seed, height: size, width: size, numInferenceSteps: steps }
      return (await pipe.generate(options)).images[0]
    },
  }

  answer({ versions: { Node: process.version.slice(1) }, threads: Number(process.env.SD3_THREADS) })
  for await (const line of createInterface(process.stdin)) {
    const request = JSON.parse(line) as Request
    const seconds: number[] = []
    let made: Image | void = undefined
    for (let i = 0; i < request.repeats; i++) {
      const started = performance.now()
      made = await parts[request.part](request)
      seconds.push((performance.now() - started) / 1000)
    }
    answer({ seconds, ...(made && { picture: Buffer.from(made.data).toString('base64') }) })
  }
  await pipe.release()
} catch (error) {
  const [problem, repair = ''] = (error as Error).message.split('\n')
  answer({ error: problem, repair: error instanceof HarnessError ? repair : ((error as Error).stack ?? '') })
}
