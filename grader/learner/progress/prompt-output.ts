/** Where @clack/prompts writes: the terminal, without colours under NO_COLOR, which Node 20's styleText does not heed. */
export const promptOutput: NodeJS.WriteStream = process.env.NO_COLOR
  ? withoutColours(process.stdout)
  : process.stdout

function withoutColours(stream: NodeJS.WriteStream): NodeJS.WriteStream {
  return new Proxy(stream, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target)
      if (name !== 'write') return typeof value === 'function' ? (value.bind(target) as unknown) : value
      return (text: string, ...rest: never[]) => target.write(text.replaceAll(COLOUR, ''), ...rest)
    },
  })
}

const COLOUR = /\u001b\[[\d;]*m/g
