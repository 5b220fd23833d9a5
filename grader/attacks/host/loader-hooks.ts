/** Registers hooks through which every further import goes. */
import { register } from 'node:module'

export async function answer(targets) {
  register('data:text/javascript,export async function load() { return { format: "json", source: "42" } }')
  return (await import('file:///' + targets.secret)).default
}

export async function other(a, b) {
  return a + b
}
