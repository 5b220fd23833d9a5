import { useEffect, useMemo, useState } from 'preact/hooks'
import type { DrawSettings, ModelInfo, PictureKind } from '../wire.ts'
import { pictureUrl } from './api.ts'
import { AttentionView } from './attention-view.tsx'
import { Choice } from './choice.tsx'
import { FilmStrip } from './film-strip.tsx'
import { Guide } from './guide.tsx'
import { jointSequence } from './joint-sequence.ts'
import { PromptForm } from './prompt-form.tsx'
import type { Asking } from './reading.ts'
import { useRun } from './use-run.ts'
import { useSubject } from './use-subject.ts'
import { useWeights } from './use-weights.ts'

const ASKING = [
  { value: 'image', text: 'Image reads text' },
  { value: 'text', text: 'Text reads image' },
] as const
const PICTURES = [
  { value: 'latents', text: 'As it is' },
  { value: 'estimate', text: 'Where it leads' },
] as const

/** The whole page. */
export function App({ model }: { model: ModelInfo }) {
  const { run, begin, stop } = useRun()
  /** Null follows the newest step. */
  const [chosenStep, setStep] = useState<number | null>(null)
  const [block, setBlock] = useState(model.blocks - 1)
  const [head, setHead] = useState<number | 'mean'>('mean')
  const [asking, setAsking] = useState<Asking>('image')
  const [picture, setPicture] = useState<PictureKind>('latents')
  const pointing = useSubject()

  const start = run?.start ?? null
  const steps = run?.steps.length ?? 0
  const step = Math.min(chosenStep ?? steps - 1, steps - 1)
  const drawing = run?.status === 'drawing'
  // While a picture is drawn, a look at attention would slow it down: only when asked for.
  const looks = start !== null && step >= 0 && (!drawing || chosenStep !== null)
  const { shown, loading, problem } = useWeights(looks ? { run: start.run, step, block, head } : null)
  const sequence = useMemo(() => start && jointSequence(start), [start])
  const weights = shown && start && shown.place.run === start.run ? shown.weights : null

  const onDraw = (settings: DrawSettings) => {
    setStep(null)
    pointing.clear()
    begin(settings)
  }
  useEffect(() => setStep(null), [start?.run])

  return (
    <>
      <header>
        <h1>Attention explorer</h1>
        <p>
          What does the image read in the prompt, and what does the prompt read in the image? Measured in{' '}
          <strong>{model.name}</strong> on {model.device}. <a href="#guide">How to read this page</a>
        </p>
      </header>
      <main>
        <PromptForm model={model} drawing={drawing} onDraw={onDraw} onStop={stop} />
        <p class="state" role="status">
          {stateOf(run, steps)}
        </p>
        {run?.problem || problem ? (
          <p class="problem" role="alert">
            {run?.problem ?? problem}
          </p>
        ) : null}
        {run && start ? <FilmStrip {...{ run, step, picture }} onStep={setStep} /> : null}
        {start && sequence && step >= 0 ? (
          <>
            <div class="view-controls">
              <Choice label="Who reads" value={asking} options={[...ASKING]} onChange={setAsking} />
              <Choice label="Block" value={block} options={numbered(model.blocks)} onChange={setBlock} />
              <Choice
                label="Head"
                value={head}
                options={[{ value: 'mean', text: 'mean' }, ...numbered(model.heads)]}
                onChange={setHead}
              />
              <Choice label="Picture" value={picture} options={[...PICTURES]} onChange={setPicture} />
            </div>
            <AttentionView
              {...{ start, sequence, weights, asking, pointing, loading }}
              isLastBlock={block === model.blocks - 1}
              picture={pictureUrl(start.run, step, picture)}
            />
          </>
        ) : null}
      </main>
      <footer>
        <Guide model={model} />
      </footer>
    </>
  )
}

function numbered(count: number): { value: number; text: string }[] {
  return Array.from({ length: count }, (_, i) => ({ value: i, text: String(i) }))
}

function stateOf(run: ReturnType<typeof useRun>['run'], steps: number): string {
  if (!run) return 'Nothing has been drawn yet.'
  const of = run.start ? ` of ${run.start.settings.numInferenceSteps}` : ''
  if (run.status === 'drawing') return steps === 0 ? 'Reading the prompt.' : `Step ${steps}${of}.`
  if (run.status === 'done')
    return steps === 1 ? 'Drawn in 1 step.' : `Drawn in ${steps} steps. Choose one to look into.`
  return steps === 0 ? 'Stopped.' : `Stopped after step ${steps}${of}.`
}
