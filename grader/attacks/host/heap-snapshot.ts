/** Writes its memory to the disk. */
import { writeHeapSnapshot } from 'node:v8'

export async function answer(targets) {
  return writeHeapSnapshot(`${targets.results}.heapsnapshot`)
}

export async function other(a, b) {
  return a + b
}
