/** `npm run watch`: one task after the other, checked at each save. */
async function main(): Promise<number> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    console.error('The watch needs a terminal, and this is none.')
    console.error('Run npm run watch in one, or check once with npm test.')
    return 2
  }
  process.stdout.write('Starting…\r') // Vitest and the parser take a moment to load.
  const [{ Watch }, { taskCount }] = await Promise.all([
    import('./watch.ts'),
    import('#grader/manifest/index.ts'),
  ])
  const passed = await Watch.run()
  console.log(`${passed} of ${taskCount()} tasks pass. Go on with: npm run watch`)
  return 0
}

// The terminal's streams, and whatever a student's function left running, must not keep the process.
process.exit(await main())
