import { defineConfig } from 'vitest/config'
import { mutantPlugin } from './grader/mutants/plugin.ts'
import { swapPlugin } from './grader/spec/swap-plugin.ts'

/** The same specs, three subjects: the student's exercises, the solutions, and known-wrong variants of them. */
const specs = (name: string, conditions: string[], subject: 'local' | 'mutants') => ({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  plugins: [subject === 'mutants' ? mutantPlugin() : swapPlugin()],
  test: {
    name,
    include: ['exercises/**/*.spec.ts'],
    // The reference never hangs, but draws as slowly as a busy machine; a student's Promise may never settle.
    testTimeout: name === 'solutions' ? 600_000 : 120_000,
    hookTimeout: 120_000,
    provide: { subject: { kind: subject } as const },
  },
})

const tests = (name: string) => ({
  test: { name, include: [`${name}/**/*.test.ts`], testTimeout: 120_000, hookTimeout: 120_000 },
})

export default defineConfig({
  test: {
    pool: 'forks',
    allowOnly: false,
    projects: [
      specs('exercises', ['module', 'node'], 'local'),
      specs('solutions', ['solutions', 'module', 'node'], 'local'),
      specs('mutants', ['solutions', 'module', 'node'], 'mutants'),
      tests('harness'),
      tests('grader'),
      tests('models'),
    ],
  },
})
