import { readdirSync, readFileSync } from 'node:fs'

/** Linux counts processor time in hundredths of a second, memory in pages of 4 KB. */
const TICKS_PER_SECOND = 100
const PAGE_BYTES = 4096

interface Seen {
  parent: number
  /** Processor time of its own and of those children that ended and that it heard of. */
  ticks: number
  pages: number
}

export interface Usage {
  cpuSeconds: number
  /** Resident memory of all processes together, shared pages counted in each. */
  bytes: number
  processes: number
}

/** Measures a process and all that it starts, also what outlives its own parent. Linux only. */
export class ProcessTree {
  readonly #members = new Map<number, Seen>()
  /** Of members that ended where nobody could hear of it. */
  #lostTicks = 0

  constructor(root: number) {
    this.#members.set(root, { parent: 0, ticks: 0, pages: 0 })
  }

  sample(): Usage {
    const all = readProcesses()
    for (const [pid, last] of this.#members) {
      if (all.has(pid)) continue
      this.#members.delete(pid)
      // A parent that is still there has been told, and counts it among its own.
      if (!all.has(last.parent) || !this.#members.has(last.parent)) this.#lostTicks += last.ticks
    }
    for (const [pid, seen] of all) if (this.#members.has(pid)) this.#members.set(pid, seen)
    for (let grown = true; grown;) {
      grown = false
      for (const [pid, seen] of all) {
        if (this.#members.has(pid) || !this.#members.has(seen.parent)) continue
        this.#members.set(pid, seen)
        grown = true
      }
    }
    const members = [...this.#members.values()]
    const sum = (of: (seen: Seen) => number) => members.reduce((total, seen) => total + of(seen), 0)
    return {
      cpuSeconds: (this.#lostTicks + sum(({ ticks }) => ticks)) / TICKS_PER_SECOND,
      bytes: sum(({ pages }) => pages) * PAGE_BYTES,
      processes: members.length,
    }
  }
}

function readProcesses(): Map<number, Seen> {
  const processes = new Map<number, Seen>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
      // After the program's name, in brackets: state, parent, …; processor times are fields 14 to 17, memory is 24.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      const ticks = [11, 12, 13, 14].reduce((sum, i) => sum + Number(fields[i]), 0)
      processes.set(Number(name), { parent: Number(fields[1]), ticks, pages: Number(fields[21]) })
    } catch {
      // It has just ended.
    }
  }
  return processes
}
