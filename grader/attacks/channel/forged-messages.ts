/** Tries to answer in the place of its own runtime, with right and wrong words, then answers wrongly. */
export async function answer() {
  const ids = ['', '1', 'answer', undefined, null, {}, '00000000-0000-0000-0000-000000000000']
  for (const id of ids) {
    const message = { type: 'return', id, value: 42, ok: true, status: 'passed' }
    for (const route of [
      () => process.send(message),
      () => process.emit('message', message),
      () => process.channel.writeUtf8String(JSON.stringify(message)),
      () => process.getBuiltinModule('node:fs').writeSync(3, JSON.stringify(message)),
      () => process.binding('fs').writeString(3, JSON.stringify(message)),
      () => globalThis.postMessage(message),
      () => __vitest_worker__.rpc.onTaskUpdate([['x', { state: 'pass' }]], []),
    ]) {
      try {
        route()
      } catch {}
    }
  }
  return 41
}

export async function other(a, b) {
  return a + b
}
