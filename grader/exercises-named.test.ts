import { expect, it } from 'vitest'
import { exercisesNamed } from './exercises-named.ts'
import { exercises } from './manifest/index.ts'

it.each([
  [[], exercises],
  [['02'], [exercises[1]]],
  [['0'], exercises],
  [
    ['4', '01-pipe'],
    [exercises[0], exercises[3]],
  ],
])('%j names exercises', (wanted, named) => {
  expect(exercisesNamed(wanted)).toEqual(named)
})

it.each([[['0x']], [['02', '9']]])('%j names one that there is not', (wanted) => {
  expect(() => exercisesNamed(wanted)).toThrow(/^No exercise starts with ".+"\.\nPass one of: 01-/)
})
