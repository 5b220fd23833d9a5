import { UnsupportedError } from '../errors.ts'
import { autoencoderKl } from './autoencoder-kl.ts'
import { clipText } from './clip-text.ts'
import { mmdit } from './mmdit.ts'
import type { Network } from './network.ts'
import { t5Encoder } from './t5-encoder.ts'

const networks = [clipText, t5Encoder, mmdit, autoencoderKl]

/** The network that a class of diffusers or transformers names. @throws UnsupportedError for any other */
export function networkOf(className: string): Network {
  const network = networks.find((candidate) => candidate.className === className)
  if (network) return network
  throw new UnsupportedError(
    `This harness has no ${className}.`,
    `It implements ${networks.map((candidate) => candidate.className).join(', ')}.`,
  )
}
