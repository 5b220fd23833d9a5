import { runInNewContext } from 'node:vm'

/** Runs synchronous work, and ends it where it stands when it takes too long. @throws Error then */
export function withinTime(milliseconds: number, work: () => void): void {
  runInNewContext('work()', { work }, { timeout: milliseconds })
}
