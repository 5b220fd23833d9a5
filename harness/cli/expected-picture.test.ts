import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { devices } from '../runtime/device.ts'
import { expectedPicture } from './expected-picture.ts'

const folder = (name: string) => fileURLToPath(new URL(`../../models/${name}`, import.meta.url))

it('a checkpoint with weights is measured: what it says of a picture is what its parts add up to', async () => {
  const { what, details } = await expectedPicture(folder('sd3-nano'), devices.cpu)
  const seconds = Number(/about ([\d.]+) s a picture of 28 steps/.exec(what)?.[1])
  const [, step, rest] = /a step takes (\d+) ms, encoding and decoding (\d+) ms/.exec(details[1])!.map(Number)
  expect(step).toBeGreaterThan(0)
  expect(Math.abs(seconds - (28 * step + rest) / 1000)).toBeLessThan(0.1)
  expect(details[0]).toMatch(/^memory mode resident/)
})

it('configs alone give an estimate that is called one, from the rate measured here', async () => {
  const { what, details } = await expectedPicture(folder('sd3-medium'), devices.cpu)
  const seconds = Number(
    /configs only; an estimate of (\d+) s for 28 steps at 1024 × 1024 on cpu, at best/.exec(what)?.[1],
  )
  const [, rate, step] = /^([\d.]+) TFLOP\/s .*, ([\d.]+) TFLOP a step/.exec(details[1])!.map(Number)
  expect(step).toBe(17.8)
  // What is printed is rounded: seconds to whole ones, TFLOP to one digit after the point, their rate to two.
  const least = (28 * (step - 0.05)) / (rate + 0.005)
  const most = rate > 0.005 ? (28 * (step + 0.05)) / (rate - 0.005) : Infinity
  expect(seconds + 0.5).toBeGreaterThan(least)
  expect(seconds - 0.5).toBeLessThan(most)
})
