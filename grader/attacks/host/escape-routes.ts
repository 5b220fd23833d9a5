/** Lists what of its process, host and network it can reach. */
const ROUTES = {
  send: () => process.send({}),
  kill: () => process.kill(process.ppid, 0),
  exit: () => process.reallyExit(0),
  abort: () => process.abort(),
  builtin: () => process.getBuiltinModule('node:fs').readdirSync('.'),
  binding: () => process.binding('fs'),
  linked: () => process._linkedBinding('fs'),
  dlopen: () => process.dlopen({ exports: {} }, 'x.node'),
  main: () => process.mainModule.require('fs'),
  require: () => globalThis['require']('fs'),
  env: () => process.env.PATH.length,
  argv: () => process.argv[1].length,
  stdout: () => console._stdout.constructor,
  fetch: () => fetch('http://127.0.0.1/'),
  socket: () => new WebSocket('ws://127.0.0.1/'),
  broadcast: () => new BroadcastChannel('x'),
}

export async function answer() {
  const open = []
  for (const [name, route] of Object.entries(ROUTES)) {
    try {
      await route()
      open.push(name)
    } catch {}
  }
  return open
}

export async function other(a, b) {
  return a + b
}
