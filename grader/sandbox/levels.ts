import { SandboxError } from './errors.ts'

/**
 * How well submissions are kept apart, weakest first; each level holds what the ones before it hold.
 *
 * | level | what was seen to hold |
 * | --- | --- |
 * | process | own process and process group, Node's permissions (no files, programs, threads, addons), empty environment, time and heap limits |
 * | limits | the kernel limits memory, processes and written files; the process dies with the grader |
 * | namespaces | no network, none of the grader's local sockets, no sight of other processes; another user when the grader is root |
 * | bubblewrap | a file system of its own: Node, its libraries, the exercise, and nothing else |
 */
export const levels = ['process', 'limits', 'namespaces', 'bubblewrap'] as const

export type Level = (typeof levels)[number]

/** What was seen when it was tried; see `proveLauncher`. */
export interface Proof {
  /** Node's own permissions, which every level has. */
  permission: boolean
  dataLimit: boolean
  diesWithGrader: boolean
  networkNamespace: boolean
  /** Those that belong to the grader's user cannot be connected to. */
  localSockets: boolean
  processNamespace: boolean
  /** Or nobody to be kept from: an ordinary user's grader has no other user to become. */
  ordinaryUser: boolean
  ownFiles: boolean
}

/** The highest level of which nothing is missing; null when not even the weakest holds. */
export function levelOf(proof: Proof): Level | null {
  const steps: [Level, boolean][] = [
    ['process', proof.permission],
    ['limits', proof.dataLimit && proof.diesWithGrader],
    [
      'namespaces',
      proof.networkNamespace && proof.localSockets && proof.processNamespace && proof.ordinaryUser,
    ],
    ['bubblewrap', proof.ownFiles],
  ]
  const missing = steps.findIndex(([, holds]) => !holds)
  const held = missing < 0 ? steps : steps.slice(0, missing)
  return held.at(-1)?.[0] ?? null
}

const REMEDY: Record<Level, string> = {
  process: 'Use Node 20.19 or later.',
  limits: 'Grade on Linux, with setpriv and prlimit (apt-get install util-linux).',
  namespaces:
    'Grade on Linux: as root with unshare (apt-get install util-linux), or with bubblewrap (apt-get install bubblewrap).',
  bubblewrap: 'Install bubblewrap (apt-get install bubblewrap) where user namespaces are permitted.',
}

/** @throws SandboxError in two lines when a machine holds less than it must */
export function requireLevel(held: Level, required: Level): void {
  if (levels.indexOf(held) >= levels.indexOf(required)) return
  throw new SandboxError(
    'REFUSED',
    `Submissions would be kept apart by "${held}" here; "${required}" is required.`,
    `${REMEDY[required]} Or require less: ${levels.slice(0, levels.indexOf(held) + 1).join(', ')}.`,
  )
}
