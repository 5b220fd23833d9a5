import { useEffect, useRef } from 'preact/hooks'
import { matrixColours } from './heat.ts'
import type { JointSequence } from './joint-sequence.ts'
import { positions, type Asking, type Subject } from './reading.ts'

interface MatrixFigureProps {
  weights: Float32Array
  sequence: JointSequence
  asking: Asking
  subject: Subject | null
}

/** The whole matrix as a picture: brightness is log(1 + weight / uniform). What is pointed at is marked on its edge. */
export function MatrixFigure({ weights, sequence, asking, subject }: MatrixFigureProps) {
  const { image, total, text } = sequence
  const clip = image + text.filter(({ encoder }) => encoder === 'clip').length
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const context = canvas.current!.getContext('2d')!
    context.putImageData(brightness(weights, total), 0, 0)
  }, [weights, total])

  const percent = (token: number) => (100 * token) / total
  const marked = subject ? positions(sequence, subject) : []
  const isRow = (subject?.kind === 'patch') === (asking === 'image')
  const parts = [
    { name: 'image', from: 0, to: image },
    { name: 'CLIP', from: image, to: clip },
    { name: 'T5', from: clip, to: total },
  ]
  return (
    <div class="matrix">
      <div class="matrix-keys" aria-hidden="true">
        {parts.map(({ name, from, to }) => (
          <span key={name} style={{ left: `${percent(from)}%`, width: `${percent(to - from)}%` }}>
            {name}
          </span>
        ))}
      </div>
      <div class="matrix-queries" aria-hidden="true">
        {parts.map(({ name, from, to }) => (
          <span key={name} style={{ top: `${percent(from)}%`, height: `${percent(to - from)}%` }}>
            {name}
          </span>
        ))}
      </div>
      <div class="matrix-picture">
        <canvas
          ref={canvas}
          width={total}
          height={total}
          role="img"
          aria-label={`Attention matrix: ${total} queries in rows, ${total} keys in columns, ${image} of them patches`}
        />
        <svg viewBox={`0 0 ${total} ${total}`} preserveAspectRatio="none" aria-hidden="true">
          <path class="border" d={`M0 ${image}H${total}M${image} 0V${total}`} />
          <path class="border thin" d={`M0 ${clip}H${total}M${clip} 0V${total}`} />
          {subject
            ? stretches(marked).map(([from, to]) =>
                isRow ? (
                  <path key={from} class="marked" d={`M0 ${(from + to) / 2}H${total}`} />
                ) : (
                  <path
                    key={from}
                    class="marked"
                    d={`M${(from + to) / 2} ${asking === 'image' ? 0 : image}V${asking === 'image' ? image : total}`}
                  />
                ),
              )
            : null}
        </svg>
      </div>
    </div>
  )
}

function brightness(weights: Float32Array, total: number): ImageData {
  let largest = 0
  for (const weight of weights) if (weight > largest) largest = weight
  const scale = 255 / Math.log1p(total * largest)
  const picture = new ImageData(total, total)
  const pixels = new Uint32Array(picture.data.buffer)
  for (let i = 0; i < weights.length; i++)
    pixels[i] = matrixColours[Math.round(scale * Math.log1p(total * weights[i]))]
  return picture
}

/** Neighbours are marked together. */
function stretches(at: number[]): [from: number, to: number][] {
  const result: [number, number][] = []
  for (const i of at) {
    const last = result.at(-1)
    if (last && last[1] === i) last[1] = i + 1
    else result.push([i, i + 1])
  }
  return result
}
