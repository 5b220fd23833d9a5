import { useId } from 'preact/hooks'

interface ChoiceProps<Value> {
  label: string
  value: Value
  options: { value: Value; text: string }[]
  onChange: (value: Value) => void
}

/** More than this many do not fit in a row. */
const IN_A_ROW = 9

/** One of several: a row of radio buttons, or a list where there are many. */
export function Choice<Value extends string | number>({
  label,
  value,
  options,
  onChange,
}: ChoiceProps<Value>) {
  const id = useId()
  if (options.length > IN_A_ROW) {
    return (
      <label class="choice">
        <span class="choice-label">{label}</span>
        <select
          value={options.findIndex((option) => option.value === value)}
          onChange={({ currentTarget }) => onChange(options[Number(currentTarget.value)].value)}
        >
          {options.map(({ text }, i) => (
            <option key={text} value={i}>
              {text}
            </option>
          ))}
        </select>
      </label>
    )
  }
  return (
    <fieldset class="choice">
      <legend class="choice-label">{label}</legend>
      <div class="segments">
        {options.map((option) => (
          <label key={option.text} class="segment">
            <input
              type="radio"
              name={id}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
            />
            <span>{option.text}</span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}
