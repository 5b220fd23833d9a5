const enabled = process.stdout.isTTY && !process.env.NO_COLOR

const paint = (code: number) => (text: string) => (enabled ? `\u001b[${code}m${text}\u001b[0m` : text)

/** Colours on a terminal, plain text anywhere else and under NO_COLOR. */
export const style = { bold: paint(1), dim: paint(2), red: paint(31), green: paint(32), yellow: paint(33) }
