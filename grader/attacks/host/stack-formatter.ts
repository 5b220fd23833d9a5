/** Formats stack traces itself, to see the frames that called it. */
export async function answer() {
  const frames = []
  Error.prepareStackTrace = (error, sites) => {
    for (const site of sites) frames.push(site.getThis(), site.getFunction())
    return ''
  }
  void new Error().stack
  return frames.filter((frame) => frame !== undefined && frame !== answer).length === 0 ? 41 : 40
}

export async function other(a, b) {
  return a + b
}
