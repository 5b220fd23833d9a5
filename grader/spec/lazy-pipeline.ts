import { inject } from 'vitest'
import type { GenerateOptions, GenerateResult, Pipeline } from '#harness'
import { pipelineUnderTest, twinUnderTest } from './model.ts'

const pictures = new Map<string, Promise<GenerateResult>>()

/** A worker that is kept draws again in its next run: a picture that is only handed out has cost no seconds. */
export function forgetPictures(): void {
  pictures.clear()
}

/**
 * The pipeline under study as specs hand it out: loaded by the first call, so that an untouched stub turns red
 * without waiting for a model, and each picture generated once a run, so that a reference costs nothing after
 * the student's own call.
 */
export function lazyPipeline(): Pipeline {
  return lazily('', () => pipelineUnderTest())
}

/** The same of the DDPM twin. */
export function lazyTwin(): Pipeline {
  return lazily('twin ', () => twinUnderTest())
}

/** @param name tells the pictures of one pipeline from those of another */
function lazily(name: string, open: () => Promise<Pipeline>): Pipeline {
  return {
    components: async () => (await open()).components(),
    encodePrompt: async (options) => (await open()).encodePrompt(options),
    encodeText: async (...args) => (await open()).encodeText(...args),
    transformer: async (...args) => (await open()).transformer(...args),
    vaeEncode: async (image) => (await open()).vaeEncode(image),
    vaeDecode: async (latents) => (await open()).vaeDecode(latents),
    generate: async (options) => {
      // With a memo it would only cost memory: one process serves a class.
      const isRemembered = inject('memo') !== undefined
      if (isRemembered || !isRepeatable(options)) return (await open()).generate(options)
      const key = name + JSON.stringify(Object.entries(options).sort())
      const made = pictures.get(key) ?? open().then((pipe) => pipe.generate(options))
      pictures.set(key, made)
      return structuredClone(await made) // a student may draw into the picture
    },
  }
}

/** Whether the options say everything about the result, in a few words. */
function isRepeatable({ seed, latents, embeddings, callbackOnStepEnd }: GenerateOptions): boolean {
  return seed !== undefined && !latents && !embeddings && !callbackOnStepEnd
}
