import type { PipelineTrace } from '../../measurements/pipeline-trace.ts'
import { lesson } from '../../measurements/measurement.ts'
import type { VaeRoundTrip } from '../../measurements/vae-round-trip.ts'
import type { WithoutT5 as Silenced } from '../../measurements/without-t5.ts'
import { Figure, Photo } from './figure.tsx'

/** What T5 adds to the compositional prompt. */
export function WithoutT5({ prompt, steps, withT5, withoutT5, distance }: Silenced) {
  return (
    <Figure
      id="without-t5"
      title="With T5 and without"
      caption={`“${prompt}”, ${steps} steps from the same noise. Right: zeros in the place of T5’s rows, of the prompt and of the negative prompt. ${distance.toFixed(1)} levels apart.`}
    >
      <ul class="strip two">
        <li>
          <Photo picture={withT5} alt="Drawn with T5" />
          <p>with T5</p>
        </li>
        <li>
          <Photo picture={withoutT5} alt="Drawn with T5 silenced" />
          <p>T5 silenced</p>
        </li>
      </ul>
    </Figure>
  )
}

/** A picture per denoising step of one run. */
export function Film({ film, side }: Pick<PipelineTrace, 'film' | 'side'>) {
  return (
    <Figure
      id="film"
      title={`Denoising in ${film.length} steps`}
      caption={`“${lesson.prompt}”, seed ${lesson.seed}, ${side} × ${side} pixels: what the VAE makes of the latents after each step, noise included. σ is the share of noise that is left.`}
    >
      <ol class="strip">
        {film.map(({ step, sigma, picture }) => (
          <li key={step}>
            <Photo picture={picture} alt={`After step ${step}`} />
            <p>
              after step {step} <span class="muted">σ {sigma.toFixed(2)}</span>
            </p>
          </li>
        ))}
      </ol>
    </Figure>
  )
}

/** A drawn picture, into latents and back. */
export function RoundTrip({ original, reconstruction, latentShape, psnr, compression }: VaeRoundTrip) {
  return (
    <Figure
      id="vae-round-trip"
      title="Through the VAE and back"
      caption={`${compression.toFixed(0)} numbers of the picture go into each of the latent’s. No picture that the model draws can be sharper than this autoencoder holds.`}
    >
      <ul class="strip two">
        <li>
          <Photo picture={original} alt="A drawn sunset" />
          <p>drawn by hand</p>
        </li>
        <li>
          <Photo picture={reconstruction} alt="The sunset after the VAE" />
          <p>
            from {latentShape.join(' × ')} latents <span class="muted">{psnr.toFixed(1)} dB</span>
          </p>
        </li>
      </ul>
    </Figure>
  )
}
