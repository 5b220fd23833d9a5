/** Opens a debugger's port, then debugs itself. */
import inspector from 'node:inspector'

export async function answer() {
  inspector.open(0, '127.0.0.1', false)
  const session = new inspector.Session()
  session.connect()
  session.post('Runtime.evaluate', {
    expression: "process.mainModule.require('node:fs').writeFileSync('loot', '')",
  })
  return 41
}

export async function other(a, b) {
  return a + b
}
