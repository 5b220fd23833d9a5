import { formatRatio } from './format.ts'
import { overlayColour } from './heat.ts'

/** The colours over the picture, in units of the uniform share. */
export function Legend({ top }: { top: number }) {
  const stops = Array.from({ length: 21 }, (_, i) => overlayColour(-1 + i / 10)).join(', ')
  return (
    <div
      class="legend"
      role="img"
      aria-label={`Colours: dark is below the uniform share, nothing is uniform, bright is up to ${formatRatio(top)} of it`}
    >
      <div
        class="legend-colours"
        style={{ background: `linear-gradient(to right, ${stops}), var(--legend-ground)` }}
      />
      <div class="legend-ticks">
        <span>≤ ¹⁄₁₆×</span>
        <span>uniform</span>
        <span>{formatRatio(top)}</span>
      </div>
    </div>
  )
}
