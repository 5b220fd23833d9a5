/** What a spec is written with. */
export { expect } from 'vitest'
export { attachImage, attachText } from './attach.ts'
export { expectEqual, expectNear, expectTensor, type Mistake } from './check.ts'
export { specs } from './exercise.ts'
export { expectImage } from './image-check.ts'
export { hasTwin, mediumComponents, pipelineUnderTest, recorded, type Call } from './model.ts'
