import { sd15 } from '#grader/oracles/sd15.ts'
import { count } from '../format.ts'
import type { PipelineTrace } from '../pipeline-trace.ts'
import type { VaeRoundTrip } from '../vae-round-trip.ts'
import type { Answer } from './answer.ts'

export function pipelineTraceAnswers(
  traced: PipelineTrace | undefined,
  trip: VaeRoundTrip | undefined,
): Answer[] {
  return [...(traced ? tracedAnswers(traced) : []), ...(trip ? [compressionAnswer(trip)] : [])]
}

function tracedAnswers({ textTokens, width, pixelsOf64, film, preserved }: PipelineTrace): Answer[] {
  const falls = film.map(({ step, distance }) => `${distance.toFixed(0)} after step ${step}`)
  return [
    {
      about: /\b77 text tokens\b/i,
      text: `${count(textTokens.all)}: ${textTokens.clip} of CLIP and ${textTokens.all - textTokens.clip} of T5.`,
      figure: 'trace',
    },
    {
      about: /\bhow wide is a token\b/i,
      text:
        `24 × 64 = 1536 in SD3 Medium, ${width.heads} heads and ${count(width.inner)} numbers in this model. ` +
        `context_embedder brings the ${count(width.given)} down to that before the first block.`,
      figure: 'trace',
    },
    {
      about: /\blatent of 64 × 64\b/i,
      text: `${pixelsOf64.side} × ${pixelsOf64.side} pixels: each cell stands for ${pixelsOf64.cell} × ${pixelsOf64.cell}.`,
    },
    {
      about: /\bfilm of 8 steps\b/i,
      text: `That is for your eyes. In numbers, levels of 255 away from the finished picture: ${falls.join(', ')}.`,
      figure: 'film',
    },
    {
      about: /\bfourteen rows\b/i,
      text: `${preserved.names.length} of ${preserved.of}: ${preserved.names.join(', ')}.`,
    },
  ]
}

function compressionAnswer({ psnr, compression, latentShape }: VaeRoundTrip): Answer {
  const cell = Number(sd15['pixels per latent cell'])
  const older = (3 * cell ** 2) / Number(sd15['latent channels'])
  return {
    about: /\bchannels\b.*\bcompress\b/i,
    text:
      `SD v1.5 puts ${older} numbers of the picture into one, this model’s ${latentShape[1]} channels ` +
      `${compression.toFixed(0)}. A drawn sunset comes back at ${psnr.toFixed(1)} dB here; SD v1.5’s VAE is not in ` +
      'this kit, but it had to keep as much in fewer numbers.',
    figure: 'vae-round-trip',
  }
}
