import type { Pipeline, Sampler } from '#harness'

/** One way from noise to picture. */
export interface Contestant {
  id: 'flow' | 'ddim' | 'ddpm'
  title: string
  /** Which of the two models, by what it was trained to predict. */
  predicts: 'velocity' | 'noise'
  sampler: Sampler
  /** Adds fresh noise at every step, so that runs of different lengths end in different pictures. */
  isAncestral: boolean
}

export const contestants: readonly Contestant[] = [
  { id: 'flow', title: 'Flow, Euler', predicts: 'velocity', sampler: 'euler', isAncestral: false },
  { id: 'ddim', title: 'DDPM, DDIM', predicts: 'noise', sampler: 'ddim', isAncestral: false },
  { id: 'ddpm', title: 'DDPM, ancestral', predicts: 'noise', sampler: 'ddpm', isAncestral: true },
]

/** The two models, whose text encoders and VAE are the same. */
export type Models = Record<Contestant['predicts'], Pipeline>
