import type { CudaMajor } from '../../runtime/cuda/provider.ts'

/** A file that holds onnxruntime 1.29.0's CUDA provider for Linux x64. */
export interface Archive {
  name: string
  cuda: CudaMajor
  /** null where the server is asked. */
  bytes: number | null
  sha256: string
  /** null for what is only taken from a file. */
  url: string | null
}

const RELEASES = 'https://github.com/microsoft/onnxruntime/releases/download/v1.29.0'
const NPM_PACKAGE = 'com.github.asus4.onnxruntime.linux-x64-gpu'

/**
 * The archives whose hashes are known, of each CUDA the first choice first.
 *
 * npm's package repacks Microsoft's build and comes from the registry that `npm ci` used; size and hash are those of the
 * file published there. Microsoft's own archives are those of its GitHub release, whose hashes are the digests that
 * GitHub states for them. The wheel is Microsoft's on PyPI. Not in the list is NuGet's package: it does not say in its
 * name what CUDA it was built for, and its hash could not be checked; `--from` takes it, and looks into it.
 */
export function archives(registry = process.env.npm_config_registry): Archive[] {
  const npm = (registry || 'https://registry.npmjs.org').replace(/\/+$/, '')
  return [
    {
      name: `${NPM_PACKAGE}-0.4.9.tgz`,
      cuda: 13,
      bytes: 179_145_956,
      sha256: '2b459e0c17f340c92970c10ed86de4f37a3009f93c14053e6ad4334cbb6be412',
      url: `${npm}/${NPM_PACKAGE}/-/${NPM_PACKAGE}-0.4.9.tgz`,
    },
    {
      name: 'onnxruntime-linux-x64-gpu_cuda13-1.29.0.tgz',
      cuda: 13,
      bytes: null,
      sha256: '844c64acfc43ab9423215c26493055ea229268e28283146cc644ecef0bdae048',
      url: `${RELEASES}/onnxruntime-linux-x64-gpu_cuda13-1.29.0.tgz`,
    },
    {
      name: 'onnxruntime-linux-x64-gpu_cuda12-1.29.0.tgz',
      cuda: 12,
      bytes: null,
      sha256: '4ca594a0da83927befbd73fe020d7f569be151d70bb4fe9741ad405f4882e2ad',
      url: `${RELEASES}/onnxruntime-linux-x64-gpu_cuda12-1.29.0.tgz`,
    },
    {
      name: 'onnxruntime_gpu-1.29.0-cp312-cp312-manylinux_2_28_x86_64.whl',
      cuda: 13,
      bytes: 202_177_606,
      sha256: '8ccd052ca4de21b2a335f3503a283126163b6fab9dba29d1d9cbf3fa55c51d28',
      url: null,
    },
  ]
}
