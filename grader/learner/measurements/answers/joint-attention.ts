import { quadrantNames, type QuadrantName } from '#grader/oracles/quadrants.ts'
import { quadrantLabels, type Attention } from '../attention.ts'
import { count, percent } from '../format.ts'
import type { Answer } from './answer.ts'

export function jointAttentionAnswers({ tokens, quadrants, readByImage, side }: Attention): Answer[] {
  const text = tokens.clip + tokens.words + tokens.padding
  const imageAt = (pixels: number) => tokens.image * (pixels / side) ** 2
  const ratio = (image: number, words: number) => (image + words) / image
  const largest = quadrantNames.reduce((best, name) =>
    quadrants[name].mass > quadrants[best].mass ? name : best,
  )
  const above = quadrantNames.filter((name) => quadrants[name].mass > quadrants[name].uniform)
  const { words, padding } = readByImage
  return [
    {
      about: /\brows and columns\b.*\bjoint attention matrix\b/i,
      text:
        `${count(imageAt(512) + text)} of each: ${count(imageAt(512))} image tokens and ` +
        `${count(text)} text tokens (${tokens.clip} of CLIP, ${text - tokens.clip} of T5).`,
    },
    {
      about: /\bquadrant gets the most attention\b/i,
      text:
        `Most: ${quadrantLabels[largest]}, ${percent(quadrants[largest].mass)} of its queries’ attention. ` +
        `More than their share: ${above.map(shareOf).join('; ')}.`,
      figure: 'quadrants',
    },
    {
      about: /\bjoint attention dearer\b/i,
      text:
        `${ratio(256, 77).toFixed(2)} times for 256 and 77 tokens. It falls as the picture grows: with this model’s ` +
        `${count(text)} text tokens ${ratio(imageAt(512), text).toFixed(2)} times at 512 × 512 and ` +
        `${ratio(imageAt(1024), text).toFixed(2)} times at 1024 × 1024.`,
    },
    {
      about: /\battention does the padding get\b/i,
      text:
        `${percent(padding.mass)} of what image tokens read, where ${percent(padding.uniform)} would be its share ` +
        `(${count(tokens.padding)} tokens). ` +
        (tokens.words === 0
          ? 'This model was saved without T5: all its rows are zeros.'
          : `T5’s ${count(tokens.words)} words get ${percent(words.mass)}.`),
      figure: 'quadrants',
    },
  ]

  function shareOf(name: QuadrantName): string {
    const { mass, uniform } = quadrants[name]
    return `${quadrantLabels[name]} (${percent(mass)}; uniform would be ${percent(uniform)})`
  }
}
