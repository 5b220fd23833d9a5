import { manualSeed, tensor, type Tensor } from '#harness'

interface SyntheticOptions {
  rows: number
  columns: number
  text: number
  headSize: number
  seed: number
}

type Mistake = 'seeds each draw anew' | 'lets rows change fastest'

/** The queries and keys that exercise 2 makes up; or what comes of a known mistake. */
export function syntheticTokens(
  { rows, columns, text, headSize, seed }: SyntheticOptions,
  mistake?: Mistake,
): { queries: Tensor; keys: Tensor } {
  let generator = manualSeed(seed)
  const draw = (tokens: number) => {
    if (mistake === 'seeds each draw anew') generator = manualSeed(seed)
    const { data } = generator.randn([tokens, headSize])
    return Array.from({ length: tokens }, (_, token) =>
      data.subarray(token * headSize, (token + 1) * headSize),
    )
  }
  const [[meaning], textQueries, textKeys] = [draw(1), draw(text), draw(text)]
  const [rowThemes, columnThemes] = [draw(rows), draw(columns)]
  const [imageQueries, imageKeys] = [draw(rows * columns), draw(rows * columns)]
  const rowOf = (token: number) =>
    mistake === 'lets rows change fastest' ? token % rows : Math.floor(token / columns)
  const columnOf = (token: number) =>
    mistake === 'lets rows change fastest' ? Math.floor(token / rows) : token % columns

  const sequence = (image: Float32Array[], own: Float32Array[]) => {
    const tokens = [
      ...image.map((noise, token) => {
        const [row, column] = [rowThemes[rowOf(token)], columnThemes[columnOf(token)]]
        return noise.map((value, i) => 0.5 * (row[i] + column[i]) + 0.3 * value)
      }),
      ...own.map((noise) => noise.map((value, i) => 0.5 * meaning[i] + 0.3 * value)),
    ]
    return tensor(
      [tokens.length, headSize],
      tokens.flatMap((token) => [...token]),
    )
  }
  return { queries: sequence(imageQueries, textQueries), keys: sequence(imageKeys, textKeys) }
}
