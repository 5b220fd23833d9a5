/** Throws what is hard to look at. */
let turn = 0

export async function answer() {
  const oddities = [
    undefined,
    null,
    Symbol('x'),
    new Proxy(
      {},
      {
        get: () => {
          throw 1
        },
        getPrototypeOf: () => {
          throw 2
        },
      },
    ),
    Object.defineProperty(new Error('x'), 'message', {
      get: () => {
        throw new Error('again')
      },
    }),
    Object.assign(new Error('x'), {
      name: {
        toString: () => {
          throw 3
        },
      },
      code: 7,
      task: {},
    }),
    { toString: null, valueOf: null },
  ]
  throw oddities[turn++ % oddities.length]
}

export async function other(a, b) {
  return a + b
}
