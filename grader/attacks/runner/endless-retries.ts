/** Has failing tests repeated a million times. */
import { vi } from 'vitest'

vi.setConfig({ retry: 1e6 })

export async function answer() {
  return 41
}

export async function other(a, b) {
  return a + b
}
