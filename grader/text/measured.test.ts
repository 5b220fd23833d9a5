import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { measured, measuring, type Measured } from './measured.ts'

it.each(Object.entries(measuring) as [Measured, string][])(
  'what is quoted of %s was measured with these weights',
  async (name, command) => {
    const manifest = await readFile('models/sd3-nano/manifest.json')
    const { provenance } = await measured(name)
    const bundled = createHash('sha256').update(manifest).digest('hex')
    expect(provenance.weights, `${command} measures anew`).toBe(bundled)
  },
)
