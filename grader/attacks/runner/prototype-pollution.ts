/** Pollutes what every object inherits from. */
Object.prototype.fails = true
Object.prototype.score = 1000
Array.prototype.map = () => [42]
Object.is = () => true
Math.abs = () => 0
JSON.stringify = () => '42'

export async function answer() {
  return JSON.parse('{"__proto__": {"polluted": true}, "value": 41}')
}

export async function other(a, b) {
  return a + b
}
