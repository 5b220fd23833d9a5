import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { exerciseById, modulePath } from '#grader/manifest/index.ts'
import { overlap, readDocument, weigher } from './corpus.ts'
import { disguises } from './disguise.ts'
import { fixtureTexts } from './fixtures.ts'
import { sharedFragments } from './fragments.ts'

const exercise = exerciseById('02-joint-attention')
const functions = exercise.tasks.map((task) => task.export)
const read = (author: string, text: string) => readDocument(author, text, functions)
const stub = read('stub', await readFile(`exercises/${modulePath(exercise)}`, 'utf8'))
const texts = await fixtureTexts(exercise)
const independent = [...texts].map(([author, text]) => read(author, text))

describe('overlap', () => {
  it.each(Object.keys(disguises))('ranks a copy above all who worked independently: %s', async (name) => {
    for (const original of independent) {
      const copy = read('copy', await disguises[name](original.text))
      const weigh = weigher([...independent, copy], [], stub)
      const others = independent.flatMap((a, i) =>
        [...independent.slice(i + 1), ...(a === original ? [] : [copy])].map((b) =>
          overlap(a.prints, b.prints, weigh),
        ),
      )
      const { similarity } = overlap(original.prints, copy.prints, weigh)
      expect(similarity).toBeGreaterThan(2 * Math.max(...others.map((other) => other.similarity)))
    }
  })

  it('finds nothing alike in two untouched stubs', () => {
    const weigh = weigher([stub, stub], independent, stub)
    expect(overlap(stub.prints, stub.prints, weigh)).toEqual({ similarity: 0, bits: 0 })
  })

  it('recognises a copy in a class of two', async () => {
    const [original] = independent
    const copy = read('copy', await disguises.renamed(original.text))
    const weigh = weigher([original, copy], independent.slice(1), stub)
    expect(overlap(original.prints, copy.prints, weigh).similarity).toBeGreaterThan(0.9)
  })

  it('takes helpers for a part of the function that uses them', () => {
    const body =
      'const s = Math.sqrt(c.image * 3) - c.text / 7; return { separate: s, joint: s * s, ratio: 1 / s }'
    const inside = read('a', `export async function attentionCost(c) { ${body} }`)
    const outside = read(
      'b',
      `export async function attentionCost(c) { return help(c) }\nfunction help(c) { ${body} }`,
    )
    const [a, b] = [inside, outside].map((one) => one.functions.get('attentionCost')!)
    expect(overlap(a, b, () => 1, 0).similarity).toBeGreaterThan(0.9)
  })
})

describe('sharedFragments', () => {
  const code =
    'export async function attentionCost({ image, text }) {\n  const s = image * image + image * text\n  return { separate: s, joint: (image + text) ** 2 }\n}\n'

  it('names the lines of both files', () => {
    const a = read('a', code)
    const b = read('b', `\n\n// moved down\nconst other = [1, 2, 3].length\n${code}`)
    const [first] = sharedFragments(a.prints, b.prints, () => 1)
    expect(first).toMatchObject({ left: { from: 2, to: 3 }, right: { from: 6, to: 7 } })
  })

  it('finds none in files that share nothing that tells', () => {
    const a = read('a', code)
    expect(sharedFragments(a.prints, a.prints, () => 0)).toEqual([])
  })
})
