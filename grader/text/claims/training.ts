import { readFile } from 'node:fs/promises'
import { heldOutCaptions, layouts, variants } from '../../../models/judge/held-out.ts'
import type { JudgedRow } from '../../../models/judge/judged-row.ts'
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
import { measured } from '../measured.ts'
import { given, said, type Claim } from '../said.ts'

const settings = 'models/training/settings.py'
const batches = 'models/training/denoiser_batches.py'

/** What the recipe is set to. */
const set = async (name: string) =>
  Number((await found(settings, new RegExp(`^    ${name}: \\w+ = ([\\d._]+)`, 'm'))).replaceAll('_', ''))
const share = async (name: RegExp) => percent(Number(await found(batches, name)), 0)
const mainSize = await found(settings, /MAIN_SIZE = \((\d+), \d+\)/)
const parts = (await found(settings, /denoiser_steps: .* = \((.*)\)/))
  .split(', ')
  .map((steps) => grouped(Number(steps.replaceAll('_', ''))))
const limits = (await found(settings, /denoiser_seconds: .* = \((.*)\)/)).split(', ').map(Number)
const largest = await found(settings, /\(512, 512\): ([\d.]+)/)
const heldLoss = (name: RegExp) => found('models/training/held_loss.py', name)
/** Minutes of the plan for one GPU and for two. */
const minutes = [
  ...(await readFile('models/training/plan.txt', 'utf8')).matchAll(/all of it: (\d+):(\d+)/g),
].map(([, whole, seconds]) => Math.ceil(Number(whole) + Number(seconds) / 60))
const few = await found(settings, /^    steps: tuple = \((\d+),/m)
const [streams, between] = ['d_model', 'd_ff'].map((name) => setting(nano.textEncoder3!, name))
const empty = 1 / Number(await found(batches, /^EMPTY = ([\d.]+)/m))

/** What a run said, by a pattern with one group: the last time it said so. */
const reader = async (file: string) => {
  const log = await readFile(`models/training/${file}`, 'utf8')
  return (pattern: RegExp) => {
    const matches = [...log.matchAll(new RegExp(pattern, 'gm'))]
    if (matches.length === 0) throw new Error(`models/training/${file} has no ${pattern}.`)
    return matches[matches.length - 1][1]
  }
}
const log = await reader('log-bundled.txt')
const faster = await reader('log-peak-8e-3.txt')

const numeral = (text: string) => Number(text.replaceAll(',', ''))
const thousands = (text: string) => grouped(numeral(text))
const whole = (what: string, of = log) =>
  percent(Number(of(new RegExp(`evaluate  ${what} \\(\\d+\\): whole ([\\d.]+)`))))
const clips = (figure: string) =>
  ['text_encoder', 'text_encoder_2'].map((name) =>
    percent(Number(log(new RegExp(`clip      ${name}: .*${figure} ([\\d.]+)`)))),
  )
const words = (figure: string) => percent(Number(log(new RegExp(`t5        ${figure}: accuracy ([\\d.]+)`))))
const accepts = (size: string) =>
  Number(log(new RegExp(`${size} renders of held-out captions: accepts (\\d+)`)))
/** The loss on held-out renders at the main size, half way, as it was said last. */
const lossOf = (name: string, of = log) =>
  of(new RegExp(`${name}-2 .*held out: 256x256 .* t 0\\.5 ([\\d.]+)  t 0\\.8 [\\d.]+; 512`))
/** The learning rate of the run beside it was twice as high. */
const twice = 2 * Number(await found('models/training/denoiser_optimizers.py', /^MUON_PEAK, .* = (\S+),/m))
const logText = await readFile('models/training/log-bundled.txt', 'utf8')
/** Seconds that each stage took; what begins with the name of a sampler is a part of a stage. */
const taken = [...logText.matchAll(/^ *[\d.]+ s {2}[\w-]+ +took (\d+) s$/gm)].map(([, seconds]) =>
  Number(seconds),
)
const ended = (stage: string) => Number(log(new RegExp(`^ *([\\d.]+) s {2}${stage} +took`)))
const tens = (seconds: number) => grouped(Math.round(seconds / 10) * 10)

const heldOut = await heldOutCaptions()
const claims = heldOut.flatMap((entry) => variants.flatMap((variant) => entry[variant] ?? []))
const accepted = (size: string) => percent(accepts(size) / claims.length)

/** What the harness drew of three in a row at the largest size. */
const { tally: threes } = (await measured<{ rows: JudgedRow[] }>('judge')).rows.find(
  ({ layout, height, width }) => layout === 'three' && height === 512 && width === 512,
)!

const sizes = [...log(/latents {3}(256x256 .*?) {2}scaling/).matchAll(/(\d+x\d+) (\d+)/g)]
const [main, ...others] = sizes.map(([, , count]) => Number(count))
const sum = (numbers: number[]) => numbers.reduce((total, one) => total + one, 0)

const filesOf = async (model: string) => {
  const manifest = JSON.parse(await readFile(`models/${model}/manifest.json`, 'utf8')) as {
    files: Record<string, { bytes: number }>
  }
  return Object.values(manifest.files).map(({ bytes }) => bytes)
}
const [files, twinFiles] = [await filesOf('sd3-nano'), await filesOf('ddpm-twin')]
const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1)

/** The schedule's shift, and how it spends its steps. */
const [shift, high] = [setting(medium.scheduler, 'shift'), 0.83]
const early = sigmasOf(defaultSteps).filter((sigma) => sigma > high).length
if (setting(nano.transformer, 'sample_size') !== cellsAt(Number(mainSize), nano))
  throw new Error('sd3-nano is of another size.')

export const training: Claim[] = [
  said`| vae | ${await set('vae_seconds')} s | autoencoder, ${(parametersOf(nano.vae) / 1e6).toFixed(1)} M parameters`,
  said`| clip | ${await set('clip_seconds')} s | both CLIPs`,
  said`| t5 | ${await set('t5_seconds')} s | T5 as an encoder-decoder`,
  said`| judge | ${await set('judge_seconds')} s | a small`,
  said`| latents | ${await set('latents_seconds')} s at most | renders, encodes`,
  said`| flow-1, flow-2 | ${parts[0]} and ${parts[1]} steps |`,
  said`by flow matching; ${limits[0]} s and ${limits[1]} s at most`,
  said`theirs in \`log-bundled.txt\`: ${minutes[0]} minutes and ${minutes[1]}.`,
  said`should take more than ${inWords(Number(await found('models/training/check_schedule.py', /STAGE = .* (\d+) \* 60  #/)))} minutes`,
  said`Every ${await heldLoss(/^EVERY = (\d+)/m)} steps the loss on ${await heldLoss(/^COUNT, CHUNK = (\d+),/m)} renders`,
  said`at ${inWords((await heldLoss(/^TIMES = \((.*?)\)/m)).split(',').length)} fixed times`,
  said`${percent(Number(largest), 0)} % of the batches are of ${given(512)} x ${given(512)}`,
  said`samplers at ${few} to ${await set('long_run')} steps`,
  said`| ${heldOut.length} captions in ${inWords(layouts.length)} layouts`,
  said`schedule (shift ${shift}) does: of ${defaultSteps} steps, ${inWords(early)} lie above ${given(high)}.`,
  said`One in ${inWords(empty)} captions is empty`,
  said`T5's streams are ${grouped(streams)} wide, what lies between them ${between}, so`,
  said`the places of tokens up to ${inWords(setting(nano.textEncoder3!, 'relative_attention_num_buckets') / 4 - 1)} away`,
  said`Attention has ${await found('models/training/configs.py', /"num_heads": (\d+)/)} heads, and`,
  said`T5's part of the text is zeros in ${await share(/^WITHOUT_T5, WITHOUT_CLIP = ([\d.]+)/m)} % of the samples, each CLIP's
    in ${await share(/^WITHOUT_T5, WITHOUT_CLIP = [\d.]+, ([\d.]+)/m)} %`,
  said`T5 is padded to ${clipTokens} tokens in the first part of the denoiser's steps and to ${t5Tokens}, as in use`,
  said`On NVIDIA H200s, with PyTorch ${log(/torch (\d+\.\d+)\.\d+\+cu130 on NVIDIA H200/)} and CUDA ${log(/\+cu(13)0 on/)}, seed ${await set('seed')};`,
  said`were there after ${tens(ended('export'))} s and all of it after ${tens(ended('evaluate'))} s; all stages together took
    ${tens(sum(taken))} s of one GPU, the longest of them ${Math.max(...taken)} s.`,
  said`| autoencoder | ${thousands(log(/vae {7}(\d+) steps of/))} steps of ${log(/vae {7}\d+ steps of (\d+) pictures/)}
    pictures: ${log(/256x256 held out: ([\d.]+) dB/)} dB on renders of held-out captions,
    ${log(/256x256 held out: .* dB, ([\d.]+) on edges/)} on their outlines; the largest activation is
    ${log(/the largest activation is (\d+),/)}, of ${thousands(log(/the largest activation is \d+, of (\d+) /))} that`,
  said`| CLIPs | of ${heldOut.length} held-out captions the right one comes first for
    ${clips('image to text recall at 1')[0]} and
    ${clips('image to text recall at 1')[1]} % of the renders; it beats the caption with its things exchanged in
    ${clips('beats sides')[0]} and ${clips('beats sides')[1]} %, with its colours exchanged in ${clips('beats colours')[0]}
    and ${clips('beats colours')[1]} % |`,
  said`| T5 | ${words('single')} % of missing words right from the caption alone, ${words('document')} % with another wording
    before it; of missing colours ${words('colours')} % if that wording names them, ${words('alone')} % without it; the
    commonest words alone: ${words('unigram')} % |`,
  said`| judge | accepts ${accepts('256x256')} of ${claims.length} true captions of renders at ${mainSize} x ${mainSize},
    ${accepts('512x512')} at ${given(512)} x ${given(512)}, and no`,
  said`| training set | ${grouped(main)} pictures at ${mainSize} x ${mainSize} and ${grouped(sum(others))} at
    ${inWords(others.length)} other sizes, each with ${inWords(Number(await found('models/training/latents.py', /^WORDINGS = (\d+)/m)))} captions |`,
  said`| flow | ${thousands(log(/flow-2 {4}(\d+) steps in all, of/))} steps of ${log(/flow-2 .* of (\d+) pictures/)} pictures; loss on renders
    of held-out captions at ${mainSize} x ${mainSize} and half way to noise: ${lossOf('flow')} |`,
  said`| twin | as many; the loss of its own task half way through its steps: ${lossOf('ddpm')} |`,
  said`| size | ${megabytes(sum(files))} MB and the twin ${megabytes(sum(twinFiles))}, largest file
    ${megabytes(Math.max(...files, ...twinFiles))} |`,
  said`at ${defaultSteps} steps and guidance ${defaultGuidance}, the judge`,
  said`| as they stand, ${mainSize} x ${mainSize} | ${whole('base')} |`,
  said`| of these pairs, things alone, stacks, three in a row | ${whole('pair')}, ${whole('single')}, ${whole('stack')},
    ${whole('three')} |`,
  said`| things exchanged | ${whole('sides')} |`,
  said`| colours exchanged | ${whole('colours')} |`,
  said`the first ${log(/evaluate {2}256x384 \((\d+)\)/)} of them at other sizes and guidances`,
  said`| ${given(256)} x ${given(384)} and ${given(384)} x ${given(256)} |
    ${whole('256x384')} and ${whole('384x256')} |`,
  said`| ${given(512)} x ${given(512)} | ${whole('512x512')}, where it accepts ${accepted('512x512')} of renders |`,
  said`| ${given(128)} x ${given(192)} and ${given(192)} x ${given(128)} | ${whole('128x192')} and ${whole('192x128')}, where it
    accepts ${accepted('128x192')} and ${accepted('192x128')} of renders |`,
  said`| guidance ${given(2)} and ${given(4)} | ${whole('guidance 2.0')} and ${whole('guidance 4.0')} |`,
  said`accepts ${threes.whole} of ${threes.captions} at ${given(512)} x ${given(512)}; and`,
  said`and at ${given(512)} x ${given(512)} shapes wobble`,
  said`with Muon at twice the rate (\`MUON_PEAK\` ${twice.toExponential()})`,
  said`Its held-out loss ended as low, ${lossOf('flow', faster)} against ${lossOf('flow')}, and it drew fewer captions right:
    ${whole('base', faster)} % against ${whole('base')}. Of ${heldOut.length} pictures that is
    ${Math.round((heldOut.length * (Number(whole('base')) - Number(whole('base', faster)))) / 100)}, and with one run of each`,
]
