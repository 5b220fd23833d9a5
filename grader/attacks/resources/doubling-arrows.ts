/** Each of these takes a compiler twice the time of the one before. */
// prettier-ignore
const endless = a ? (b) : c => (a ? (b) : c => (a ? (b) : c => (a ? (b) : c => (a ? (b) : c => (a ? (b) : c => (a ? (b) : c => (a ? (b) : c => (a ? (b) : c => (a ? (b) : c => (a ? (b) : c => (a ? (b) : c => (a ? (b) : c => (a ? (b) : c => (a ? (b) : c => (a ? (b) : c => (a ? (b) : c => (a ? (b) : c => (a ? (b) : c => (a ? (b) : c => (a ? (b) : c => (a ? (b) : c => (a ? (b) : c => (a ? (b) : c => (a ? (b) : c => (a ? (b) : c => (a ? (b) : c => (a ? (b) : c => (a ? (b) : c => (a ? (b) : c => (a ? (b) : c => (a ? (b) : c => (a ? (b) : c => (a ? (b) : c => (a ? (b) : c => (a ? (b) : c => (a ? (b) : c => (a ? (b) : c => (a ? (b) : c => (a ? (b) : c => (0))))))))))))))))))))))))))))))))))))))))

export async function answer() {
  return endless ? 42 : 42
}

export async function other(a, b) {
  return a + b
}
