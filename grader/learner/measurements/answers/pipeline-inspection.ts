import { count, percent, rounded } from '../format.ts'
import type { Inspection, ModelSize } from '../inspection.ts'
import type { Answer } from './answer.ts'

export function pipelineInspectionAnswers({ models, blocks, widths, sevenWords }: Inspection): Answer[] {
  const [nano, medium] = models
  const repeated = blocks.first * blocks.count
  const difference = Math.abs(repeated - blocks.all)
  const verdict = repeated > blocks.all ? 'too much' : repeated < blocks.all ? 'too little' : 'right'
  return [
    {
      about: /\bT5\b.*\bmore parameters\b/i,
      text: `In SD3 Medium ${larger(medium)} In sd3-nano ${larger(nano)}`,
      figure: 'parameter-budget',
    },
    {
      about: /\bhow many times wider\b/i,
      text: `${count(widths.t5)} / ${count(widths.clip)} = ${(widths.t5 / widths.clip).toFixed(3)} times.`,
    },
    {
      about: /\bhow many rows do its combined embeddings\b/i,
      text:
        `${count(sevenWords.rows)}: ${count(sevenWords.clipRows)} of CLIP and ` +
        `${count(sevenWords.rows - sevenWords.clipRows)} of T5, however many words there are (“${sevenWords.prompt}”).`,
    },
    {
      about: /\bshare\b.*\bVAE\b/i,
      text: `${percent(medium.parts.VAE / medium.total)}: ${count(medium.parts.VAE)} of ${count(medium.total)}.`,
      figure: 'parameter-budget',
    },
    {
      about: /\bblock 0’?'?s size times\b/i,
      text:
        `${verdict[0].toUpperCase()}${verdict.slice(1)}: ${count(blocks.count)} times ${count(blocks.first)} is ` +
        `${count(repeated)}, and all blocks hold ${count(blocks.all)}: ${rounded(difference)} ` +
        `${verdict === 'too little' ? 'more' : 'fewer'}.`,
    },
  ]
}

function larger({ parts: { T5: text, Denoiser: denoiser } }: ModelSize): string {
  const sizes = `${count(text)} against ${count(denoiser)}`
  return text >= denoiser
    ? `T5, by ${(text / denoiser).toFixed(2)} times: ${sizes}.`
    : `the denoiser, by ${(denoiser / text).toFixed(2)} times: T5 has ${sizes}.`
}
