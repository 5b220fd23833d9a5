import { usedGpu, type Driver } from '../../runtime/nvidia-smi.ts'
import { neededLibraries, type CudaMajor } from '../../runtime/cuda/provider.ts'

export interface BuildChoice {
  cuda: CudaMajor
  /** Why this and not the other, in half a sentence. */
  reason: string
}

/** CUDA 13 compiles for no card older than Turing (CUDA 13.0 release notes, "Deprecated Architectures"). */
const OLDEST_FOR_13 = 7.5

/**
 * The build that fits the driver, the card and the libraries that are here: of those the driver runs, the one whose
 * libraries lack least, the newer where they lack as much.
 * @param isFound whether a library is on this machine
 * @returns null when the driver runs neither
 */
export function chooseBuild(driver: Driver, isFound: (name: string) => boolean): BuildChoice | null {
  const major = driver.cuda?.[0] ?? 0
  const capability = Number(usedGpu(driver)?.computeCapability ?? Infinity)
  const isOld = capability < OLDEST_FOR_13
  const possible = ([13, 12] as const).filter((cuda) => cuda <= major && !(cuda === 13 && isOld))
  if (possible.length === 0) return null
  const lacking = (cuda: CudaMajor) => neededLibraries(cuda).filter((name) => !isFound(name)).length
  const [cuda, other] = [...possible].sort((a, b) => lacking(a) - lacking(b) || b - a)
  if (other === undefined) {
    const reason =
      isOld && major >= 13
        ? `the card has compute capability ${capability}`
        : `the driver runs CUDA ${driver.cuda!.join('.')}`
    return { cuda, reason }
  }
  if (lacking(cuda) === lacking(other)) return { cuda, reason: 'the driver runs it, and it is the newer' }
  return {
    cuda,
    reason:
      lacking(cuda) === 0
        ? 'its libraries are here'
        : `of its libraries fewer are missing than of CUDA ${other}'s`,
  }
}
