import { locateCheckpoint, modelsFolder } from '../checkpoint/locate.ts'

export { modelsFolder }

/**
 * The folder of the checkpoint to use: SD3_MODEL, else the bundled sd3-nano.
 * @throws CheckpointError when SD3_MODEL names none
 */
export function modelFolder(): string {
  return locateCheckpoint(process.env.SD3_MODEL || `${modelsFolder}sd3-nano`)
}
