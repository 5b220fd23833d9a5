/** What a file system says of paths that a person chose, in words. */
const problems: Record<string, string> = {
  EACCES: 'may not be read or written by you',
  EEXIST: 'is there already, and is no folder',
  EISDIR: 'is a folder, where a file is meant',
  ENOSPC: 'does not fit: the disk is full',
  ENOTDIR: 'lies below a file, where a folder is meant',
  EPERM: 'may not be changed by you',
  EROFS: 'lies on a disk that cannot be written',
}

/** An error of the file system in two lines; null for one that only a bug can have made. */
export function fileProblem(error: unknown): string | null {
  const { code = '', path } = error as NodeJS.ErrnoException
  if (path === undefined || !Object.hasOwn(problems, code)) return null
  return `${path} ${problems[code]}.\nPass another path, or make room for this one.`
}
