import { accessSync, constants, statSync, type Stats } from 'node:fs'
import { dirname, extname, join, resolve } from 'node:path'
import { ArgumentError } from '../errors.ts'

/**
 * The folder to write into: there already, or to be made. Asked before the work, whose result would be lost after it.
 * @param name the option or operand, as the usage has it
 * @throws ArgumentError when it is a file, lies below one, or may not be written
 */
export function folderDestination(name: string, path: string): string {
  if (path === '') throw new ArgumentError(`${name} is empty.`, 'Pass a folder, old or new.')
  const { there, isFolder } = nearestThere(path)
  if (!isFolder)
    throw new ArgumentError(`${name} is "${path}", and ${there} is a file.`, 'Pass a folder, old or new.')
  assertWritable(name, path, there)
  return path
}

/**
 * The file to write: old or new.
 * @param name the option or operand, as the usage has it
 * @throws ArgumentError when it is a folder, lies below a file, or may not be written
 */
export function fileDestination(name: string, path: string): string {
  if (path === '') throw new ArgumentError(`${name} is empty.`, 'Pass a file, old or new.')
  const { there, isFolder } = nearestThere(path)
  const isItself = there === resolve(path)
  if (/[\\/]$/.test(path) || (isItself && isFolder))
    throw new ArgumentError(
      `${name} is "${path}", a folder.`,
      `Pass a file, such as ${join(path, `NAME${extname(path)}`)}.`,
    )
  if (!isItself && !isFolder)
    throw new ArgumentError(`${name} is "${path}", and ${there} is a file.`, 'Pass a file in a folder.')
  assertWritable(name, path, there)
  return path
}

/** A path, or the first above it that exists. */
function nearestThere(path: string): { there: string; isFolder: boolean } {
  for (let there = resolve(path); ; there = dirname(there)) {
    const stats = statsOf(there)
    if (stats !== null || there === dirname(there)) return { there, isFolder: stats?.isDirectory() ?? true }
  }
}

function statsOf(path: string): Stats | null {
  try {
    return statSync(path)
  } catch {
    return null
  }
}

function assertWritable(name: string, path: string, there: string): void {
  try {
    accessSync(there, constants.W_OK)
  } catch {
    throw new ArgumentError(`${name} is "${path}", and ${there} may not be written.`, 'Pass another place.')
  }
}
