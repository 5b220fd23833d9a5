import type { MemoryMode } from './runtime/memory-mode.ts'

/** What holds memory between runs and can give it back. */
export interface Holder {
  release(): Promise<void>
}

/** What one graph of a part that is cut into stages may hold. */
export const STAGE_BYTES = 2e9

/**
 * Who may hold memory beside whom. In `resident` mode everybody. Otherwise runs wait for each other, and whoever is
 * of another group than the one that runs is asked to release first.
 */
export class Turns {
  readonly mode: MemoryMode
  readonly stageBytes: number
  /** By holder; those of one group stay beside each other. Holders without a group are groups of their own. */
  private readonly groups = new Map<Holder, string>()
  private readonly holding = new Set<Holder>()
  private last: Promise<unknown> = Promise.resolve()

  constructor(mode: MemoryMode, { stageBytes = STAGE_BYTES } = {}) {
    this.mode = mode
    this.stageBytes = stageBytes
  }

  /** In `sequential` mode holders of one group stay beside each other. */
  group(name: string, holders: Holder[]): void {
    if (this.mode === 'sequential') for (const holder of holders) this.groups.set(holder, name)
  }

  /** Runs when it is the holder's turn and what may not stay beside it has been released. */
  take<Result>(holder: Holder, run: () => Promise<Result>): Promise<Result> {
    if (this.mode === 'resident') return run()
    const turn = this.last.then(async () => {
      for (const other of this.holding) {
        if (other === holder || this.areTogether(other, holder)) continue
        this.holding.delete(other)
        await other.release()
      }
      this.holding.add(holder)
      return run()
    })
    this.last = turn.catch(() => undefined)
    return turn
  }

  private areTogether(a: Holder, b: Holder): boolean {
    const group = this.groups.get(a)
    return group !== undefined && group === this.groups.get(b)
  }
}
