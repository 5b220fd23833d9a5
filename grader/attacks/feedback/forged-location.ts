/** Claims to have failed in another file, of another name. */
export async function answer() {
  throw Object.assign(new Error('x'), {
    name: 'TodoError\n::error::x',
    code: 'TIMEOUT\n::error::x',
    task: '../../x',
    location: '/etc/passwd:1',
    stack: 'at exercises/../../../../etc/x.ts:1',
  })
}

export async function other(a, b) {
  return a + b
}
