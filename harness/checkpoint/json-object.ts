import { readFile } from 'node:fs/promises'
import { CheckpointError } from '../errors.ts'

/**
 * Reads a JSON file of a checkpoint that holds one object.
 * @throws CheckpointError naming the file; where the system refused it, `cause` is the system's error
 */
export async function readJsonObject(path: string): Promise<Record<string, unknown>> {
  const value = parse(path, await readText(path))
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>
  throw new CheckpointError(
    `${path} holds ${Array.isArray(value) ? 'a list' : JSON.stringify(value)}, no JSON object.`,
    'Restore the file from the checkpoint.',
  )
}

/** Reads a text file of a checkpoint. @throws CheckpointError as {@link readJsonObject} */
export async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new CheckpointError(
      code === 'ENOENT' ? `There is no ${path}.` : `${path} cannot be read: ${code}.`,
      'Point SD3_MODEL at a complete checkpoint in diffusers layout, such as models/sd3-nano, or restore the file.',
      { cause },
    )
  }
}

function parse(path: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new CheckpointError(`${path} is not valid JSON.`, 'Restore the file from the checkpoint.', {
      cause,
    })
  }
}
