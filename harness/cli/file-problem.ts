/** What a file system says of a path that a person chose, in words, and what to do. */
const problems: Record<string, readonly [problem: string, repair: string]> = {
  EACCES: ['may not be read or written by you', 'Pass another path, or ask whoever it belongs to.'],
  EEXIST: ['is there already, and is no folder', 'Pass another path, or move it away.'],
  EISDIR: ['is a folder, where a file is meant', 'Pass the path of a file.'],
  ELOOP: ['is a link that leads back to itself', 'Pass another path, or repair the link.'],
  ENAMETOOLONG: ['is longer than a name may be here', 'Pass a shorter path.'],
  ENOSPC: ['does not fit: the disk is full', 'Pass another path, or make room for this one.'],
  ENOTDIR: ['lies below a file, where a folder is meant', 'Pass another path, or move that file away.'],
  EPERM: ['may not be changed by you', 'Pass another path, or ask whoever it belongs to.'],
  EROFS: ['lies on a disk that cannot be written', 'Pass a path on another disk.'],
}

/**
 * An error of the file system in two lines; null for all others. A file that is missing is among those: each command
 * says of its own what is not there, and where it comes from.
 */
export function fileProblem(error: unknown): string | null {
  if (!(error instanceof Error)) return null
  const { code = '', path, dest } = error as NodeJS.ErrnoException & { dest?: string }
  // A write into an open file names none. A copy names its source first, where most things go wrong at the other end.
  if (path === undefined && code === 'ENOSPC')
    return 'The disk is full.\nMake room, and run the command again.'
  if (path === undefined || !Object.hasOwn(problems, code)) return null
  const [problem, repair] = problems[code]
  return `${(code === 'ENOSPC' && dest) || path} ${problem}.\n${repair}`
}
