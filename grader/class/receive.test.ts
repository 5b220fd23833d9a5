import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { platform, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { strToU8, zipSync } from 'fflate'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { exercises, modulePath } from '#grader/manifest/index.ts'
import { findSubmissions } from './find-submissions.ts'
import { receive } from './receive.ts'

const module = modulePath(exercises[0])
let folder: string
let count = 0

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'receive-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function write(path: string, data: string | Uint8Array = 'export {}\n'): Promise<string> {
  await mkdir(dirname(join(folder, path)), { recursive: true })
  await writeFile(join(folder, path), data)
  return join(folder, path)
}

const zip = () => zipSync({ [`work-main/exercises/${module}`]: strToU8('export {}\n') })

async function received(name = 'class/a') {
  const scratch = join(folder, `scratch-${++count}`)
  await mkdir(scratch)
  return { scratch, ...(await receive({ name, path: join(folder, name), kind: 'folder' }, scratch)) }
}

it('lists folders and zips, not what hosts put beside them, zips by their ending when it tells them apart', async () => {
  await write('class/b/x.ts')
  await write('class/a.zip', zip())
  await write('class/b.zip', zip())
  await write('class/C.ZIP', zip())
  await write('class/.git/config')
  await write('class/__MACOSX/._a.zip')
  await write('class/submission_metadata.yml')
  await symlink(join(folder, 'class/b'), join(folder, 'class/link'))
  const found = (await findSubmissions(join(folder, 'class'))).map(({ name, kind }) => `${kind} ${name}`)
  expect(found).toEqual(['zip C', 'zip a', 'folder b', 'zip b.zip'])
})

it('gives everybody a name of their own, whatever the others are called', async () => {
  for (const name of ['a.zip', 'a.ZIP', 'b.zip', 'b.zip.zip']) await write(`class/${name}`, zip())
  await write('class/b/x.ts')
  await write('class/b.zip.ZIP/x.ts')
  const found = await findSubmissions(join(folder, 'class'))
  const isOneDisk = found.length < 6 // Where a.zip and a.ZIP are one file.
  expect(new Set(found.map(({ name }) => name)).size).toBe(isOneDisk ? 5 : 6)
  expect(found.filter(({ kind }) => kind === 'folder').map(({ name }) => name)).toEqual(['b', 'b.zip.ZIP'])
})

it.each(['', 'exercises/', 'work/exercises/', 'work/repository/'])(
  'finds exercises below "%s"',
  async (place) => {
    await write(`class/a/${place}${module}`)
    const root = place.replace(/exercises\/$/, '').replace(/\/$/, '')
    expect((await received()).folder).toBe(join(folder, 'class/a', root))
  },
)

it('unpacks the only zip in a folder, as Moodle hands it out', async () => {
  await write('class/a/my work.zip', zip())
  const { folder: found, scratch } = await received()
  expect(found).toBe(join(scratch, 'unpacked'))
})

it('does not choose between two zips', async () => {
  await write('class/a/one.zip', zip())
  await write('class/a/two.zip', zip())
  await expect(received()).rejects.toThrow(/2 zips and no exercises.\nSubmit one of them/)
})

it('gives equal content the same hash wherever it lies, and other content another', async () => {
  await write(`class/a/exercises/${module}`)
  await write('class/b/work.zip', zip())
  const [a, b] = [await received('class/a'), await received('class/b')]
  expect(a.content).toBe(b.content)
  await write(`class/a/exercises/${module}`, 'export {} \n')
  const changed = await received('class/a')
  expect(changed.content).not.toBe(a.content)
  await write(`class/a/exercises/${dirname(module)}/helper.ts`)
  expect((await received('class/a')).content).not.toBe(changed.content)
})

it.runIf(existsSync('/dev/shm'))('knows no time of a file whose date no calendar holds', async () => {
  // Archives claim any date; most disks cut it to what they hold, this one does not.
  const place = await mkdtemp('/dev/shm/receive-')
  try {
    await mkdir(dirname(join(place, module)), { recursive: true })
    await writeFile(join(place, module), 'export {}\n')
    execFileSync('touch', ['-d', '@99999999999999', join(place, module)])
    const scratch = join(folder, 'scratch')
    await mkdir(scratch)
    expect(await receive({ name: 'a', path: place, kind: 'folder' }, scratch)).toMatchObject({
      submittedAt: null,
    })
  } finally {
    await rm(place, { recursive: true })
  }
})

it('takes the time of the newest file that grading reads', async () => {
  const time = new Date('2026-05-01T10:00:00.000Z')
  await utimes(await write(`class/a/${module}`), time, time)
  await write('class/a/notes.txt')
  expect((await received()).submittedAt).toEqual(time)
})

it('takes a commit’s time before the files’, and runs nothing that the repository’s configuration names', async () => {
  await write(`class/a/${module}`)
  const ran = join(folder, 'ran')
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', join(folder, 'class/a'), ...args], {
      env: {
        PATH: process.env.PATH,
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_COMMITTER_DATE: '2026-04-01T12:00:00+02:00',
        GIT_AUTHOR_DATE: '2026-04-09T12:00:00+02:00',
      },
    })
  git('init', '--quiet')
  git('add', '.')
  git(
    '-c',
    'user.name=x',
    '-c',
    'user.email=x@example.org',
    'commit',
    '--quiet',
    '--message',
    'committer 1 +0000',
  )
  for (const key of ['core.fsmonitor', 'core.pager', 'gpg.program', 'core.sshCommand'])
    git('config', key, `touch ${ran}; false`)
  git('config', 'log.showSignature', 'true')
  expect((await received()).submittedAt).toEqual(new Date('2026-04-01T10:00:00Z'))
  git('gc', '--quiet')
  git('pack-refs', '--all')
  await rm(ran, { force: true }) // git itself may have run it just now.
  expect((await received()).submittedAt).toEqual(new Date('2026-04-01T10:00:00Z'))
  expect(
    await rm(ran).then(
      () => 'it ran',
      () => 'it did not run',
    ),
  ).toBe('it did not run')
})

describe('a submission that cannot be taken in is refused, and no error of the class’s', () => {
  it.runIf(platform() === 'linux')('under a name that is no UTF-8', async () => {
    const path = Buffer.concat([Buffer.from(`${folder}/class/M`), Buffer.of(0xfc), Buffer.from('ller')])
    await mkdir(path, { recursive: true })
    const [found] = await findSubmissions(join(folder, 'class'))
    const refused = expect(receive(found, folder)).rejects
    await refused.toThrow('It cannot be read as it lies on the disk.\nGive its folder a name in UTF-8.')
  })

  it.skipIf(process.getuid?.() === 0 || platform() === 'win32')('which may not be read', async () => {
    await write(`class/a/${module}`)
    await chmod(join(folder, 'class/a'), 0)
    await expect(received()).rejects.toThrow(/Give the grader the right/)
    await chmod(join(folder, 'class/a'), 0o700)
  })

  it('with more files than anyone imports', async () => {
    for (let i = 0; i <= 200; i++) await write(`class/a/exercises/${dirname(module)}/file-${i}.ts`)
    await write(`class/a/exercises/${module}`)
    await expect(received()).rejects.toThrow(
      /It holds 202 TypeScript files beside the exercises; at most 200/,
    )
  })
})
