import { useEffect, useId, useRef } from 'preact/hooks'
import type { PictureKind } from '../wire.ts'
import { pictureUrl } from './api.ts'
import type { Run } from './use-run.ts'

interface FilmStripProps {
  run: Run
  step: number
  picture: PictureKind
  onStep: (step: number) => void
}

/** The picture after each step, as it comes; choose the step whose attention is looked at. */
export function FilmStrip({ run: { start, steps }, step, picture, onStep }: FilmStripProps) {
  const id = useId()
  const strip = useRef<HTMLDivElement>(null)
  const chosen = steps[step] ? step : -1

  useEffect(() => {
    const frame = strip.current?.children[chosen] as HTMLElement | undefined
    if (!frame || !strip.current) return
    const { offsetLeft, offsetWidth } = frame
    const { scrollLeft, clientWidth } = strip.current
    if (offsetLeft < scrollLeft) strip.current.scrollLeft = offsetLeft
    if (offsetLeft + offsetWidth > scrollLeft + clientWidth)
      strip.current.scrollLeft = offsetLeft + offsetWidth - clientWidth
  }, [chosen])

  if (!start) return null
  const { run, settings } = start
  const waiting = Array.from(
    { length: settings.numInferenceSteps - steps.length },
    (_, i) => steps.length + i,
  )
  return (
    <fieldset class="film">
      <legend class="hidden">Step to look into</legend>
      <div class="film-strip" ref={strip}>
        {steps.map(({ step: i, timestep }) => (
          <label key={`${run} ${i}`} class="frame" title={`Timestep ${timestep.toFixed(0)}`}>
            <input type="radio" name={id} checked={i === step} onChange={() => onStep(i)} />
            <img
              src={pictureUrl(run, i, picture)}
              alt=""
              width={settings.width}
              height={settings.height}
              style={{ aspectRatio: `${settings.width} / ${settings.height}` }}
            />
            <span>
              <span class="hidden">Step </span>
              {i + 1}
            </span>
          </label>
        ))}
        {waiting.map((i) => (
          <div key={`waiting ${i}`} class="frame waiting" aria-hidden="true">
            <div style={{ aspectRatio: `${settings.width} / ${settings.height}` }} />
            <span>{i + 1}</span>
          </div>
        ))}
      </div>
    </fieldset>
  )
}
