import { fileURLToPath } from 'node:url'

/** The repository's models/ folder. */
export const modelsFolder = fileURLToPath(new URL('../../models/', import.meta.url))

/** The checkpoint to use: SD3_MODEL, else the bundled sd3-nano. */
export function modelFolder(): string {
  return process.env.SD3_MODEL || `${modelsFolder}sd3-nano`
}
