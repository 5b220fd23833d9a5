import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { findLibraries, parseLoaderCache, searchPlaces } from './libraries.ts'
import { pathsToLoad } from './preload.ts'
import { cudaMajorOf } from './provider.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'libraries-'))
})
afterEach(() => rm(folder, { recursive: true }))

const put = async (path: string) => {
  await mkdir(dirname(join(folder, path)), { recursive: true })
  await writeFile(join(folder, path), '')
}

it("libraries are found in pip's wheels of the active environment, where the loader does not look", async () => {
  await put('lib/python3.12/site-packages/nvidia/cu13/lib/libcublas.so.13')
  await put('lib/python3.12/site-packages/nvidia/cudnn/lib/libcudnn.so.9')
  await put('visible/libcurand.so.10')
  await put('lib/libcudart.so.13')
  const env = { VIRTUAL_ENV: folder, CONDA_PREFIX: folder, LD_LIBRARY_PATH: join(folder, 'visible') }
  const places = await searchPlaces(env, folder)
  const names = [
    'libcudnn.so.9',
    'libcublas.so.13',
    'libcurand.so.10',
    'libcudart.so.13',
    'libcublasLt.so.99',
  ]
  const found = findLibraries(names, places)
  expect(found).toEqual([
    {
      name: 'libcudnn.so.9',
      path: join(folder, 'lib/python3.12/site-packages/nvidia/cudnn/lib/libcudnn.so.9'),
      visible: false,
    },
    {
      name: 'libcublas.so.13',
      path: join(folder, 'lib/python3.12/site-packages/nvidia/cu13/lib/libcublas.so.13'),
      visible: false,
    },
    { name: 'libcurand.so.10', path: join(folder, 'visible/libcurand.so.10'), visible: true },
    { name: 'libcudart.so.13', path: join(folder, 'lib/libcudart.so.13'), visible: false },
    { name: 'libcublasLt.so.99', path: null, visible: false },
  ])
  // What is found is loaded beforehand, what others need first; what the loader finds is left to it.
  expect(pathsToLoad(found).map((path) => path.split('/').at(-1))).toEqual([
    'libcudart.so.13',
    'libcublas.so.13',
    'libcudnn.so.9',
  ])
})

it("the loader's cache is read for this processor only, the first path of a name", () => {
  const cache = parseLoaderCache(`1234 libs found in cache \`/etc/ld.so.cache'
	libcudart.so.13 (libc6,x86-64) => /usr/local/cuda-13.0/lib64/libcudart.so.13
	libcudart.so.13 (libc6,x86-64) => /usr/local/cuda-13.1/lib64/libcudart.so.13
	libcuda.so.1 (libc6) => /lib/i386-linux-gnu/libcuda.so.1
	libcuda.so.1 (libc6,x86-64, OS ABI: Linux 2.3.99) => /lib/x86_64-linux-gnu/libcuda.so.1
`)
  expect(Object.fromEntries(cache)).toEqual({
    'libcudart.so.13': '/usr/local/cuda-13.0/lib64/libcudart.so.13',
    'libcuda.so.1': '/lib/x86_64-linux-gnu/libcuda.so.1',
  })
})

it.each([
  [['libcublas.so.13', 'libcudart.so.13'], 13],
  [['libcudart.so.12'], 12],
  [['libcudart.so.11.0'], null],
  [['libc.so.6'], null],
])('a provider that needs %j was built for CUDA %s', (needed, major) => {
  expect(cudaMajorOf(needed)).toBe(major)
})
