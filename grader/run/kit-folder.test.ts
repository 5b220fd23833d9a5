import { expect, it } from 'vitest'
import { checkKitFolder } from './kit-folder.ts'

it.each(['/home/ada/kit', "/home/Ünï/my kit [1] (a) 'b' & c", String.raw`C:\Users\Ünï\my kit`])(
  'a kit may lie in %s',
  (folder) => {
    expect(() => checkKitFolder(folder)).not.toThrow()
  },
)

it.each([
  ['/home/ada/kit#1', 'a path with # in it'],
  ['/home/ada/100% done?', 'a path with ? or % in it'],
  [String.raw`C:\Users\ada\C#\kit`, 'a path with # in it'],
])('in %s it is refused, and the message says why and what to do', (folder, why) => {
  expect(() => checkKitFolder(folder)).toThrow(
    expect.objectContaining({
      code: 'ARGUMENT',
      message: expect.stringMatching(
        new RegExp(`${why.replaceAll('?', '\\?')}\\.\nMove or rename`),
      ) as string,
    }),
  )
})
