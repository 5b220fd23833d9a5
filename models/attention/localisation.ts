/** Intersection over union of a mask and the map's highest patches, of which as many are taken as the mask has. */
export function topIou(map: ArrayLike<number>, mask: readonly boolean[]): number {
  const size = mask.filter(Boolean).length
  const highest = [...mask.keys()].sort((a, b) => map[b] - map[a]).slice(0, size)
  const both = highest.filter((patch) => mask[patch]).length
  return both / (2 * size - both)
}

/**
 * What `topIou` is on average when the patches are drawn by lot: the mean over the hypergeometric distribution.
 * @param size patches of the mask
 * @param all patches of the picture
 */
export function chanceIou(size: number, all: number): number {
  let [mean, probability] = [0, 0]
  for (let both = Math.max(0, 2 * size - all); both <= size; both++) {
    probability = Math.exp(logChoose(size, both) + logChoose(all - size, size - both) - logChoose(all, size))
    mean += (probability * both) / (2 * size - both)
  }
  return mean
}

/**
 * How often a patch of the mask has a higher value than one outside it, ties by half: the area under the ROC curve.
 * 0.5 is chance.
 */
export function auroc(map: ArrayLike<number>, mask: readonly boolean[]): number {
  const order = [...mask.keys()].sort((a, b) => map[a] - map[b])
  let [ranks, inside] = [0, 0]
  for (let start = 0, end: number; start < order.length; start = end) {
    for (end = start + 1; end < order.length && map[order[end]] === map[order[start]];) end++
    const rank = (start + 1 + end) / 2 // ties share the mean of their ranks, which begin at 1
    for (let i = start; i < end; i++) {
      if (!mask[order[i]]) continue
      ranks += rank
      inside++
    }
  }
  return (ranks - (inside * (inside + 1)) / 2) / (inside * (order.length - inside))
}

function logChoose(n: number, k: number): number {
  let sum = 0
  for (let i = 1; i <= k; i++) sum += Math.log((n - k + i) / i)
  return sum
}
