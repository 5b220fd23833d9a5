import { expect, it } from 'vitest'
import { reportFolders } from './report-folders.ts'

const foldersOf = (...names: string[]) => [...reportFolders(names).values()]

it('keeps ordinary names, also of Moodle, Canvas and people', () => {
  const names = ['anna', 'Ben_123_assignsubmission_file_', 'lee_4711_12_work', 'Zoë', '李雷']
  expect(foldersOf(...names)).toEqual(names)
})

it.each([
  ['..', /^_/],
  ['.hidden', /^_hidden/],
  ['a/b\\c', /^a_b_c-/],
  ['con', /^_con-/],
  ['NUL.txt', /^_NUL.txt-/],
  ['ends.', /^ends_-/],
  ['new\nline\u0000', /^new_line_-/],
  ['<img src=x>', /^_img_src_x_-/],
  ['-rf', /^_rf-/],
  ['x'.repeat(300), /^x{80}-/],
  ['😀'.repeat(90), /^_-/],
  ['李'.repeat(90), /^李{80}-/],
])('makes %j safe', (name, safe) => {
  expect(foldersOf(name)[0]).toMatch(safe)
})

it('makes no name longer than a disk takes', () => {
  for (const letter of ['x', '李', '𠮷', '\u0958'])
    for (const length of [62, 63, 80, 90])
      expect(Buffer.byteLength(foldersOf(`${letter.repeat(length)}(1)`)[0])).toBeLessThanOrEqual(255)
})

it('keeps apart what a file system may take for the same', () => {
  const names = ['anna', 'Anna', 'ANNA', 'caf\u00e9', 'cafe\u0301', 'ﬁx', 'fix', 'a b', 'a\tb']
  const folded = foldersOf(...names).map((folder) => folder.normalize('NFKC').toLowerCase())
  expect(new Set(folded).size).toBe(names.length)
})

it('gives a submission the same folder when others join', () => {
  const alone = reportFolders(['a/b', 'x']).get('a/b')
  expect(reportFolders(['0', 'a/b', 'x', 'y']).get('a/b')).toBe(alone)
})
