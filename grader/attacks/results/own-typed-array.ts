/** A typed array whose copies are what the species says. */
class Liar extends Float32Array {
  static get [Symbol.species]() {
    return class extends Float32Array {
      constructor() {
        super([42])
      }
    }
  }

  get length() {
    return 1e9
  }

  slice() {
    return [42]
  }
}

export async function answer() {
  return new Liar([41])
}

export async function other(a, b) {
  return a + b
}
