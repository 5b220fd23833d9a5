import { describe, expect, it } from 'vitest'
import { levelOf, levels, requireLevel, type Proof } from './levels.ts'

const all: Proof = {
  ...{ permission: true, dataLimit: true, diesWithGrader: true, networkNamespace: true },
  ...{ localSockets: true, processNamespace: true, ordinaryUser: true, ownFiles: true },
}

describe('a level is held when nothing of it, or of a weaker one, is missing', () => {
  it.each([
    [null, { permission: false }],
    ['process', { dataLimit: false }],
    ['process', { diesWithGrader: false }],
    ['limits', { networkNamespace: false }],
    ['limits', { localSockets: false }],
    ['limits', { processNamespace: false }],
    ['limits', { ordinaryUser: false }],
    ['namespaces', { ownFiles: false }],
    ['bubblewrap', {}],
  ])('%s with %o', (level, missing) => {
    expect(levelOf({ ...all, ...missing })).toBe(level)
  })
})

it('what is as strong as required, or stronger, will do', () => {
  for (const [i, held] of levels.entries()) {
    for (const required of levels.slice(0, i + 1)) expect(() => requireLevel(held, required)).not.toThrow()
  }
})

it('what is weaker is refused in two lines: what held and what was required, how to come by it', () => {
  const refused = () => requireLevel('limits', 'bubblewrap')
  expect(refused).toThrow(
    'Submissions would be kept apart by "limits" here; "bubblewrap" is required.\n' +
      'Install bubblewrap (apt-get install bubblewrap) where user namespaces are permitted. ' +
      'Or require less: process, limits.',
  )
  for (const [i, required] of levels.entries()) {
    for (const held of levels.slice(0, i))
      expect(() => requireLevel(held, required)).toThrow(/^[^\n]+\n[^\n]+$/)
  }
})
