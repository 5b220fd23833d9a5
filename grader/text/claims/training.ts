import { readFile, stat } from 'node:fs/promises'
import {
  cellsAt,
  clipTokens,
  defaultGuidance,
  defaultSteps,
  found,
  medium,
  nano,
  parametersOf,
  setting,
  sigmasOf,
  t5Tokens,
} from '../facts.ts'
import { grouped, inWords, percent } from '../figures.ts'
import { given, said, type Claim } from '../said.ts'

const settings = 'models/training/settings.py'
const log = await readFile('models/training/log.txt', 'utf8')

/** What the recipe is set to. */
const set = async (name: string) =>
  Number(await found(settings, new RegExp(`^    ${name}: \\w+ = ([\\d.]+)`, 'm')))
const [vaeSeconds, judgeSeconds] = [await set('vae_seconds'), await set('judge_seconds')]
const [latentsSeconds, closingSeconds] = [await set('latents_seconds'), await set('closing_seconds')]
const frozenShare = await set('frozen_share')
const heldOut = await set('judged')
const mainSize = await found(settings, /MAIN_SIZE = \((\d+), \d+\)/)
const passing = await found('models/training/evaluate.py', /^NEEDED, GUIDANCE = (\d+)/m)

/** What the one run said, by a pattern with one group, the last time it said so. */
const logged = (pattern: RegExp) => {
  const matches = [...log.matchAll(new RegExp(pattern, 'gm'))]
  if (matches.length === 0) throw new Error(`models/training/log.txt has no ${pattern}.`)
  return matches[matches.length - 1][1]
}
const right = (what: string) => logged(new RegExp(`evaluate  ${what}: (\\d+) of`))
const thousands = (pattern: RegExp) => grouped(Number(logged(pattern).replaceAll(',', '')))
const millions = (pattern: RegExp) => (Number(logged(pattern).replaceAll(',', '')) / 1e6).toFixed(2)

const sizes = [...logged(/latents {3}(256x256 .*?) {2}scaling/).matchAll(/(\d+x\d+) (\d+)/g)]
const [main, ...others] = sizes.map(([, , count]) => Number(count))
const read = [...log.matchAll(/(?:kind|colour) (\d\.\d+)/g)].map(([, share]) => Number(share))
const placeAndTime = [...log.matchAll(/(?:place|time) (\d\.\d+)/g)].map(([, share]) => Number(share))
const accepted = [...log.matchAll(/accepts (\d+) of (\d+) true captions, 0 exchanged/g)]
const sum = (numbers: (string | number)[]) => numbers.reduce<number>((total, one) => total + Number(one), 0)

const weights = Object.entries(
  (
    JSON.parse(await readFile('models/sd3-nano/manifest.json', 'utf8')) as {
      files: Record<string, { bytes: number }>
    }
  ).files,
).filter(([file]) => file.endsWith('.safetensors'))
const largest = Math.max(...weights.map(([, { bytes }]) => bytes))
const judge = (await stat('models/judge/model.safetensors')).size

/** The schedule's shift, and how it spends its steps. */
const [shift, high] = [setting(medium.scheduler, 'shift'), 0.83]
const early = sigmasOf(defaultSteps).filter((sigma) => sigma > high).length
if (setting(nano.transformer, 'sample_size') !== cellsAt(Number(mainSize), nano))
  throw new Error('sd3-nano is of another size.')

export const training: Claim[] = [
  said`Exit code ${given(1)} means fewer than ${passing} of the ${heldOut} held-out captions`,
  said`| vae | ${vaeSeconds} s | autoencoder, ${(parametersOf(nano.vae) / 1e6).toFixed(1)} M parameters`,
  said`| judge | ${judgeSeconds} s | a small`,
  said`| latents | ${latentsSeconds} s | renders`,
  said`| together | ${percent(1 - frozenShare, 0)} % of the rest`,
  said`| frozen | ${percent(frozenShare, 0)} % of the rest`,
  said`| export, evaluate | ${closingSeconds} s |`,
  said`| ${heldOut} captions with two partners each`,
  said`schedule (shift ${shift}) does: of ${defaultSteps} steps, ${inWords(early)} lie above ${given(high)}.`,
  said`T5 is padded to ${clipTokens} tokens in the first half of the joint phase and to ${t5Tokens}, as in use`,
  said`other sizes than ${mainSize} x ${mainSize}.`,
  said`One NVIDIA H100 ${logged(/NVIDIA H100 (\d+)GB/)}GB, PyTorch ${logged(/torch (\d+\.\d+)\.\d+\+cu130 on/)} with
    CUDA ${logged(/\+cu(13)0 on/)}, \`run.py WORK --minutes 23\` with seed ${await set('seed')}, started once`,
  said`It ended after ${grouped(Math.round(Number(logged(/^ *([\d.]+) s {2}run {7}passed/))))} s.`,
  said`| autoencoder | ${thousands(/vae {7}([\d,]+) steps, held-out/)} steps of ${await set('vae_batch')} pictures;
    ${Number(logged(/held-out PSNR ([\d.]+) dB/)).toFixed(1)} dB on renders it had not seen
    (${Math.round(Number(logged(/vae {7}first step after ([\d.]+) s/)))} s of its
    ${Math.round(Number(logged(/^ *([\d.]+) s {2}vae .*held-out/)))} s went`,
  said`| judge | ${percent(Math.min(...read))} to ${percent(Math.max(...read))} % on each thing's kind and colour,
    ${percent(Math.min(...placeAndTime))} % on place and time, on fresh renders; of
    ${sum(accepted.map(([, , of]) => of))} renders of held-out captions it accepts
    ${sum(accepted.map(([, count]) => count))}, and none`,
  said`| training set | ${grouped(main)} pictures at ${mainSize} x ${mainSize} and ${grouped(sum(others))} at
    ${inWords(others.length)} other sizes |`,
  said`| together | ${thousands(/together {2}([\d,]+) steps, /)} steps,
    ${millions(/together {2}\d+ steps, ([\d,]+) pictures/)} M pictures: flow matching loss at the end
    ${logged(/together {2}step .* flow ([\d.]+)/)} |`,
  said`| frozen | ${thousands(/frozen {4}([\d,]+) steps, /)} steps,
    ${millions(/frozen {4}\d+ steps, ([\d,]+) pictures/)} M pictures: ${logged(/frozen {4}step .* flow ([\d.]+)/)} |`,
  said`| size | ${(Number(logged(/export {4}([\d,]+) bytes/).replaceAll(',', '')) / 1e6).toFixed(1)} MB with the judge's
    ${(judge / 1e6).toFixed(1)}, largest file ${(largest / 1e6).toFixed(1)} |`,
  said`Held-out captions, ${await set('judged_steps')} steps, drawn`,
  said`| right of ${heldOut} |`,
  said`| as they stand, ${mainSize} x ${mainSize}, guidance ${defaultGuidance} | ${right('base')} |`,
  said`| things exchanged | ${right('sides')} |`,
  said`| colours exchanged | ${right('colours')} |`,
  said`| guidance ${given(2)} and ${given(4)} | ${right('guidance 2.0')} and ${right('guidance 4.0')} |`,
  said`| ${given('128 x 192')} (height x width) | ${right('128x192')} |
    | ${given('192 x 192')} | ${right('192x192')} |
    | ${given('384 x 256')} | ${right('384x256')} |
    | ${given('128 x 128')} | ${right('128x128')} |
    | ${given('192 x 128, 256 x 384')} | ${right('(?:192x128|256x384)')} |`,
  said`sizes other than the native one and ${given(128)} x ${given(192)} are not`,
  said`and found the same: ${right('base')}, ${right('sides')} and ${right('colours')}.`,
]
