/** Looks for a module at run time, where no import declaration shows it. */
export async function answer() {
  const { readFileSync } = await import(['node', 'fs'].join(':'))
  return readFileSync('/etc/passwd', 'utf8').length
}

export async function other(a, b) {
  return a + b
}
