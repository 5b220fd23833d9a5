import { memo } from 'preact/compat'
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import type { DrawSettings } from '../wire.ts'
import { patchName } from './format.ts'
import { heatOf, overlayColours } from './heat.ts'
import type { JointSequence } from './joint-sequence.ts'
import type { Subject } from './reading.ts'
import type { Pointing } from './use-subject.ts'

interface PatchMapProps {
  picture: string
  settings: DrawSettings
  sequence: JointSequence
  /** Per patch, in units of uniform; null draws no map. */
  ratios: Float32Array | null
  /** The upper end of the colours. */
  top: number
  pointing: Pointing
}

/** The picture, with attention laid over it and its patches to point at: by mouse, by touch, by arrow keys. */
export function PatchMap({ picture, settings, sequence, ratios, top, pointing }: PatchMapProps) {
  const { rows, columns } = sequence.grid
  const { subject, pinned, point, pin, unpin } = pointing
  const [active, setActive] = useState(0)
  const grid = useRef<HTMLDivElement>(null)
  const current = Math.min(active, rows * columns - 1)
  const shown = subject?.kind === 'patch' ? subject.patch : -1

  const isMapped = ratios !== null && !Number.isNaN(ratios[0])

  const moveTo = (patch: number) => {
    setActive(patch)
    grid.current?.querySelector<HTMLElement>(`[data-patch="${patch}"]`)?.focus()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const [row, column] = [Math.floor(current / columns), current % columns]
    const to = (toRow: number, toColumn: number) => {
      event.preventDefault()
      moveTo(clamp(toRow, rows) * columns + clamp(toColumn, columns))
    }
    if (event.key === 'ArrowLeft') to(row, column - 1)
    else if (event.key === 'ArrowRight') to(row, column + 1)
    else if (event.key === 'ArrowUp') to(row - 1, column)
    else if (event.key === 'ArrowDown') to(row + 1, column)
    else if (event.key === 'Home') to(event.ctrlKey ? 0 : row, 0)
    else if (event.key === 'End') to(event.ctrlKey ? rows - 1 : row, columns - 1)
    else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault()
      pin(patchSubject(current))
    } else if (event.key === 'Escape') unpin()
  }
  const patchUnder = (event: MouseEvent): number => {
    const box = grid.current!.getBoundingClientRect()
    const row = clamp(Math.floor(((event.clientY - box.top) / box.height) * rows), rows)
    const column = clamp(Math.floor(((event.clientX - box.left) / box.width) * columns), columns)
    return row * columns + column
  }
  const onFocus = useCallback(
    (patch: number) => {
      setActive(patch)
      point(patchSubject(patch))
    },
    [point],
  )

  return (
    <div
      class={isMapped ? 'patch-map mapped' : 'patch-map'}
      style={{ aspectRatio: `${settings.width} / ${settings.height}` }}
    >
      <img src={picture} alt={`Drawn from “${settings.prompt}”`} />
      <Overlay ratios={ratios} top={top} rows={rows} columns={columns} />
      <div
        ref={grid}
        class={pinned && shown >= 0 ? 'patches pinned' : 'patches'}
        role="grid"
        aria-label={`Patches of the picture: ${rows} rows, ${columns} columns`}
        onKeyDown={onKeyDown}
        onPointerMove={(event) => point(patchSubject(patchUnder(event)))}
        onClick={(event) => {
          const patch = patchUnder(event)
          moveTo(patch)
          pin(patchSubject(patch))
        }}
      >
        {Array.from({ length: rows }, (_, row) => (
          <PatchRow
            key={row}
            row={row}
            columns={columns}
            active={Math.floor(current / columns) === row ? current % columns : -1}
            shown={Math.floor(shown / columns) === row ? shown % columns : -1}
            onFocus={onFocus}
          />
        ))}
      </div>
    </div>
  )
}

interface PatchRowProps {
  row: number
  columns: number
  active: number
  shown: number
  onFocus: (patch: number) => void
}

const PatchRow = memo(function PatchRow({ row, columns, active, shown, onFocus }: PatchRowProps) {
  return (
    <div role="row">
      {Array.from({ length: columns }, (_, column) => (
        <div
          key={column}
          role="gridcell"
          data-patch={row * columns + column}
          class={column === shown ? 'patch shown' : 'patch'}
          tabIndex={column === active ? 0 : -1}
          aria-label={`Patch ${patchName(row * columns + column, columns)}`}
          aria-selected={column === shown}
          onFocus={() => onFocus(row * columns + column)}
        />
      ))}
    </div>
  )
})

interface OverlayProps {
  ratios: Float32Array | null
  top: number
  rows: number
  columns: number
}

function Overlay({ ratios, top, rows, columns }: OverlayProps) {
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const context = canvas.current!.getContext('2d')!
    const image = context.createImageData(columns, rows)
    const pixels = new Uint32Array(image.data.buffer)
    for (let patch = 0; patch < rows * columns && ratios; patch++) {
      if (!Number.isNaN(ratios[patch]))
        pixels[patch] = overlayColours[Math.round(127.5 * (1 + heatOf(ratios[patch], top)))]
    }
    context.putImageData(image, 0, 0)
  }, [ratios, top, rows, columns])
  return <canvas ref={canvas} width={columns} height={rows} aria-hidden="true" />
}

function patchSubject(patch: number): Subject {
  return { kind: 'patch', patch }
}

function clamp(index: number, length: number): number {
  return Math.max(0, Math.min(length - 1, index))
}
