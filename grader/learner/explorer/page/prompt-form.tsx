import { useState } from 'preact/hooks'
import type { DrawSettings, ModelInfo } from '../wire.ts'

interface PromptFormProps {
  model: ModelInfo
  drawing: boolean
  onDraw: (settings: DrawSettings) => void
  onStop: () => void
}

/** What to draw, and how. The settings begin as in exercise 2: seed 42, step 5 of 10. */
export function PromptForm({ model, drawing, onDraw, onStop }: PromptFormProps) {
  const { native, patch, limits, suggestions } = model
  const [settings, setSettings] = useState<DrawSettings>({
    prompt: suggestions[0],
    ...native,
    numInferenceSteps: 10,
    guidanceScale: 7,
    seed: 42,
  })
  const set = (changes: Partial<DrawSettings>) => setSettings((now) => ({ ...now, ...changes }))
  const numbers: {
    name: keyof DrawSettings
    label: string
    min: number
    max: number
    step: number | 'any'
  }[] = [
    { name: 'numInferenceSteps', label: 'Steps', min: 1, max: limits.steps, step: 1 },
    { name: 'height', label: 'Height', min: patch, max: limits.side, step: patch },
    { name: 'width', label: 'Width', min: patch, max: limits.side, step: patch },
    { name: 'guidanceScale', label: 'Guidance', min: 0, max: 30, step: 'any' },
    { name: 'seed', label: 'Seed', min: 0, max: 2 ** 32 - 1, step: 1 },
  ]
  return (
    <form
      class="prompt-form"
      onSubmit={(event) => {
        event.preventDefault()
        onDraw(settings)
      }}
    >
      <div class="prompt-line">
        <label class="prompt-field">
          <span class="choice-label">Prompt</span>
          <input
            name="prompt"
            value={settings.prompt}
            maxLength={limits.prompt}
            autocomplete="off"
            spellcheck={false}
            onInput={({ currentTarget }) => set({ prompt: currentTarget.value })}
          />
        </label>
        {drawing ? (
          <button type="button" class="main" onClick={onStop}>
            Stop
          </button>
        ) : null}
        <button type="submit" class={drawing ? '' : 'main'}>
          {drawing ? 'Draw anew' : 'Draw'}
        </button>
      </div>
      <div class="prompt-options">
        <div class="suggestions" role="group" aria-label="The lesson’s prompts">
          {suggestions.map((prompt) => (
            <button type="button" key={prompt} class="suggestion" onClick={() => set({ prompt })}>
              {prompt}
            </button>
          ))}
        </div>
        <div class="numbers">
          {numbers.map(({ name, label, ...bounds }) => (
            <label key={name} class="number">
              <span class="choice-label">{label}</span>
              <input
                type="number"
                name={name}
                required
                {...bounds}
                value={settings[name]}
                onInput={({ currentTarget }) =>
                  set({ [name]: currentTarget.value === '' ? '' : Number(currentTarget.value) })
                }
              />
            </label>
          ))}
        </div>
      </div>
    </form>
  )
}
