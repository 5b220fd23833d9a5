import { formatShape } from '#harness'
import type { PipelineTrace, Stream } from '../../measurements/pipeline-trace.ts'
import { Figure } from './figure.tsx'

const streams: Record<Stream, string> = {
  text: 'text',
  image: 'image latents',
  both: 'both in one sequence',
  pixels: 'pixels',
}

/** Thirteen stages from prompt to picture with the shapes that were measured. */
export function Trace({ stages, side }: PipelineTrace) {
  return (
    <Figure
      id="trace"
      title="Thirteen stages"
      caption={`Shapes measured for one prompt at ${side} × ${side} pixels; the batch of 1 comes first. Stages 6 to 11 are repeated at every step.`}
    >
      <ul class="key" aria-label="Colours">
        {(Object.keys(streams) as Stream[]).map((stream) => (
          <li key={stream} class={`stream-${stream}`}>
            <span class="dot" aria-hidden="true" />
            {streams[stream]}
          </li>
        ))}
      </ul>
      <ol class="trace">
        {stages.map(({ number, what, stream, shape }) => (
          <li key={number} class={`stream-${stream}`}>
            <span class="place">{number}</span>
            <span>{what}</span>
            <span class="shape">{shape ? formatShape(shape) : 'not loaded'}</span>
          </li>
        ))}
      </ol>
    </Figure>
  )
}
