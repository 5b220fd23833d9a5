import type { ComponentChildren } from 'preact'
import type { Picture } from '../../measurements/picture.ts'

interface FigureProps {
  /** Where predictions point to. */
  id: string
  title: string
  /** A sentence or two below the title. */
  children: ComponentChildren
  caption?: ComponentChildren
  isChart?: boolean
}

/** A numbered figure: what it shows in bold, and how to read it. */
export function Figure({ id, title, caption, children, isChart = false }: FigureProps) {
  return (
    <figure id={id} class={isChart ? 'chart-figure' : undefined}>
      {children}
      <figcaption>
        <b>{title}.</b> {caption}
      </figcaption>
    </figure>
  )
}

/** A table that may be wider than a phone: it scrolls by itself, by touch and by keyboard. */
export function Scroll({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <div class="scroll" role="group" aria-label={label} tabindex={0}>
      {children}
    </div>
  )
}

/** A picture inside the page. */
export function Photo({ picture: { width, height, png }, alt }: { picture: Picture; alt: string }) {
  return <img src={`data:image/png;base64,${png}`} width={width} height={height} alt={alt} />
}
