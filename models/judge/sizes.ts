import { ArgumentError } from '../../harness/errors.ts'

export interface Size {
  height: number
  width: number
}

/** The size that sd3-nano draws when it is not told otherwise. */
export const native: Size = { height: 256, width: 256 }

/** `512x512,256x384` as sizes, height before width. @throws ArgumentError quoting what came */
export function sizesOption(text: string | undefined): Size[] {
  return (text ?? '')
    .split(',')
    .filter((size) => size.trim() !== '')
    .map((size) => {
      const sides = /^(\d+)x(\d+)$/.exec(size.trim())
      if (sides && [sides[1], sides[2]].every((side) => Number(side) > 0 && Number(side) % 16 === 0))
        return { height: Number(sides[1]), width: Number(sides[2]) }
      throw new ArgumentError(
        `--sizes has "${size}".`,
        'Pass sizes as height x width, each a multiple of 16, such as --sizes 512x512,256x384.',
      )
    })
}

export function sizeInWords({ height, width }: Size): string {
  return `${height} × ${width}`
}
