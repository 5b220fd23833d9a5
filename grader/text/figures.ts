/** `4,762,310,656` */
export function grouped(count: number): string {
  return count.toLocaleString('en')
}

/** A share of one as `72.5` per cent. */
export function percent(share: number, decimals = 1): string {
  return (100 * share).toFixed(decimals)
}

const NAMES =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty'.split(
    ' ',
  )

/** `13` as `thirteen`. @throws RangeError above twenty, where digits read better */
export function inWords(count: number): string {
  const name = NAMES[count]
  if (name === undefined) throw new RangeError(`${count} is not written in words here.`)
  return name
}
