import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

interface ToolbarProps {
  label: string
  class: string
  children: ComponentChildren
}

/** Buttons that are one stop of the Tab key; arrow keys, Home and End move among them. */
export function Toolbar({ label, class: name, children }: ToolbarProps) {
  const toolbar = useRef<HTMLDivElement>(null)
  const active = useRef(0)
  const buttons = () => [...toolbar.current!.querySelectorAll('button')]
  const activate = (i: number) => {
    active.current = i
    buttons().forEach((button, at) => (button.tabIndex = at === i ? 0 : -1))
  }
  useEffect(() => activate(Math.min(active.current, Math.max(0, buttons().length - 1))))

  const onKeyDown = (event: KeyboardEvent) => {
    const all = buttons()
    const at = all.indexOf(document.activeElement as HTMLButtonElement)
    const moves: Record<string, number> = {
      ArrowLeft: at - 1,
      ArrowUp: at - 1,
      ArrowRight: at + 1,
      ArrowDown: at + 1,
      Home: 0,
      End: all.length - 1,
    }
    const to = all[moves[event.key] ?? -1]
    if (!to) return
    event.preventDefault()
    to.focus()
  }
  return (
    <div
      ref={toolbar}
      role="toolbar"
      aria-label={label}
      class={name}
      onKeyDown={onKeyDown}
      onFocusIn={({ target }) => activate(buttons().indexOf(target as HTMLButtonElement))}
    >
      {children}
    </div>
  )
}
