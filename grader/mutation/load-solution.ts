import { exerciseById, modulePath } from '#grader/manifest/index.ts'

// Specs load the solution in their first test, and Stryker would hold that test alone responsible for everything that
// is computed while the module loads. Loaded before any test, such code is every test's concern.
await import(/* @vite-ignore */ `#exercises/${modulePath(exerciseById(process.env.MUTATION_EXERCISE ?? ''))}`)
