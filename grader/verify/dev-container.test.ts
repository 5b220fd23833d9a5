import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const read = (path: string) => readFileSync(path, 'utf8')
const { engines, scripts } = JSON.parse(read('package.json')) as {
  engines: { node: string }
  scripts: Record<string, string>
}
const container = JSON.parse(read('.devcontainer/devcontainer.json')) as {
  build: { dockerfile: string }
  postCreateCommand: string
  forwardPorts: number[]
  portsAttributes: Record<string, { label: string }>
  customizations: { vscode: { settings: Record<string, string> }; codespaces: { openFiles: string[] } }
}
const recipe = read(join('.devcontainer', container.build.dockerfile))

describe('the dev container', () => {
  it('has a Node that the kit supports', () => {
    const [, major] = /^FROM \S+:(\d+)-/m.exec(recipe)!
    expect(Number(major)).toBeGreaterThanOrEqual(Number(/\d+/.exec(engines.node)![0]))
  })

  it('has the programs that tests drive, those that CI installs', () => {
    for (const program of ['bubblewrap', 'chromium', 'tmux']) {
      expect(recipe).toMatch(new RegExp(`apt-get install .*\\b${program}\\b`))
      expect(read('.ci/run')).toContain(program)
    }
  })

  it('is ready after npm ci, with nothing asked of its user', () => {
    expect(container.postCreateCommand).toBe('npm ci')
    expect(JSON.stringify(container)).not.toMatch(/secret|token|gpu|privileged|runArgs|mounts/i)
  })

  it('opens the explorer’s port under its own number, which the explorer insists on', () => {
    const [, port] = /\bPORT = (\d+)/.exec(read('grader/learner/explorer/cli.ts'))!
    expect(container.forwardPorts).toEqual([Number(port)])
    const { label, ...attributes } = container.portsAttributes[port]
    expect(attributes).toMatchObject({ requireLocalPort: true })
    expect(scripts).toHaveProperty(label.replace('npm run ', ''))
  })

  it('names files that are there', () => {
    for (const path of container.customizations.codespaces.openFiles) expect(existsSync(path)).toBe(true)
    expect(existsSync(container.customizations.vscode.settings['typescript.tsdk'])).toBe(true)
  })
})
