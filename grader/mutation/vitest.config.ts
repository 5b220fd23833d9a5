import { defineConfig } from 'vitest/config'

const conditions = ['solutions', 'module', 'node']

/**
 * The specs of one exercise on its solution, as Stryker runs them: once for every mutant. Fresh instances are always
 * drawn from the same seed and the model's answers are remembered, so a mutant's fate is not a matter of luck and its
 * run takes a second.
 */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    name: 'mutation',
    include: [`exercises/${process.env.MUTATION_EXERCISE}/*.spec.ts`],
    // Stryker's own setup file must run before the solution is loaded.
    sequence: { setupFiles: 'list' },
    setupFiles: ['grader/mutation/load-solution.ts'],
    // For the first run, which draws every picture, on a busy machine; Stryker ends slow mutants itself.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    provide: {
      subject: { kind: 'local' } as const,
      seed: 'mutation',
      memo: process.env.MUTATION_MEMO,
    },
  },
})
