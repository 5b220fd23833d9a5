/**
 * What has become of a printed text that should be as it was; null when nothing has. Another processor may round the
 * last digit the other way.
 */
export function change(before: string, after: string): string | null {
  const [then, now] = [before, after].map((text) => text.split(NUMBER))
  const isSame =
    then.length === now.length &&
    then.every((part, i) => (i % 2 === 0 ? part === now[i] : isNear(part, now[i])))
  return isSame ? null : `It was\n${before}\nand is\n${after}`
}

const NUMBER = /(\d+(?:\.\d+)?)/

function isNear(before: string, after: string): boolean {
  const decimals = (text: string) => text.split('.')[1]?.length ?? 0
  if (decimals(before) !== decimals(after)) return false
  if (decimals(before) === 0) return before === after
  return Math.abs(Number(before) - Number(after)) < 1.5 * 10 ** -decimals(before)
}
