/** Kills the process that started this one. */
export async function answer() {
  process.kill(process.ppid, 'SIGKILL')
  return 41
}

export async function other(a, b) {
  return a + b
}
