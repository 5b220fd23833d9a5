interface ShareBarProps {
  value: number
  uniform: number
  /** What the full width stands for. */
  most: number
}

/** A bar as long as the value, with a tick at the uniform share. */
export function ShareBar({ value, uniform, most }: ShareBarProps) {
  const percent = (part: number) => `${Math.min(100, (100 * part) / most)}%`
  return (
    <span class="bar" aria-hidden="true">
      <span class={value > uniform ? 'fill above' : 'fill'} style={{ width: percent(value) }} />
      <span class="tick" style={{ left: percent(uniform) }} />
    </span>
  )
}
