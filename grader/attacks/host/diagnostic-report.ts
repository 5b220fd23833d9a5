/** Reads the machine's name, addresses and command line from a diagnostic report, and tells them. */
import process from 'node:process'

export async function answer() {
  const { header } = process.report.getReport()
  throw new Error(`${header.host} ${header.cwd} ${header.commandLine.join(' ')} ${process.execPath}`)
}

export async function other(a, b) {
  return a + b
}
