/** Never finishes loading. */
for (;;);

export async function answer() {
  return 41
}

export async function other(a, b) {
  return a + b
}
