import { readFile } from 'node:fs/promises'
import { heldOutCaptions, layouts, variants } from '../../../models/judge/held-out.ts'
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
const bundled = await reader('log-bundled.txt')
const trial = await reader('log-trial.txt')
const cut = await reader('log-cut.txt')
const narrow = await reader('log-t5-cpu.txt')

const numeral = (text: string) => Number(text.replaceAll(',', ''))
const thousands = (text: string) => grouped(numeral(text))
const millions = (text: string) => (numeral(text) / 1e6).toFixed(2)
const right = (what: string) => bundled(new RegExp(`evaluate  ${what}: (\\d+) of`))
const whole = (what: string) =>
  percent(Number(trial(new RegExp(`evaluate  ${what} \\(\\d+\\): whole ([\\d.]+)`))))
const clips = (figure: string, log = trial) =>
  ['text_encoder', 'text_encoder_2'].map((name) =>
    percent(Number(log(new RegExp(`clip      ${name}: .*${figure} ([\\d.]+)`)))),
  )
const words = (figure: string, log = trial) =>
  percent(Number(log(new RegExp(`t5        ${figure}: accuracy ([\\d.]+)`))))
const accepts = (size: number, log = trial) =>
  log(new RegExp(`${size}x${size} renders of held-out captions: accepts (\\d+)`))

const recipe = await heldOutCaptions('recipe')
const claims = recipe.flatMap((entry) => variants.flatMap((variant) => entry[variant] ?? []))
const own = await heldOutCaptions('bundled')

const sizes = [...bundled(/latents {3}(256x256 .*?) {2}scaling/).matchAll(/(\d+x\d+) (\d+)/g)]
const [main, ...others] = sizes.map(([, , count]) => Number(count))
const sum = (numbers: number[]) => numbers.reduce((total, one) => total + one, 0)
const together = bundled(/together {2}\d+ steps, ([\d,]+) pictures/)
const frozen = bundled(/frozen {4}\d+ steps, ([\d,]+) pictures/)
const trialSteps = trial(/flow-2 {4}\d+ steps, (\d+) in all/)
const batch = Number(trial(/flow-2 .* of (\d+) pictures/))

const { files } = JSON.parse(await readFile('models/sd3-nano/manifest.json', 'utf8')) as {
  files: Record<string, { bytes: number }>
}
const weights = Object.entries(files)
  .filter(([file]) => file.endsWith('.safetensors'))
  .map(([, { bytes }]) => bytes)
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
  said`\`log-trial.txt\` and \`log-cut.txt\`: ${minutes[0]} minutes and ${minutes[1]}.`,
  said`should take more than ${inWords(Number(await found('models/training/check_schedule.py', /STAGE = .* (\d+) \* 60  #/)))} minutes`,
  said`Every ${await heldLoss(/^EVERY = (\d+)/m)} steps the loss on ${await heldLoss(/^COUNT, CHUNK = (\d+),/m)} renders`,
  said`at ${inWords((await heldLoss(/^TIMES = \((.*?)\)/m)).split(',').length)} fixed times`,
  said`${percent(Number(largest), 0)} % of the batches are of ${given(512)} x ${given(512)}`,
  said`samplers at ${few} to ${await set('long_run')} steps`,
  said`| ${recipe.length} captions in ${inWords(layouts.length)} layouts`,
  said`schedule (shift ${shift}) does: of ${defaultSteps} steps, ${inWords(early)} lie above ${given(high)}.`,
  said`One in ${inWords(empty)} captions is empty`,
  said`T5's streams are ${grouped(streams)} wide, what lies between them ${between}, so`,
  said`the places of tokens up to ${inWords(setting(nano.textEncoder3!, 'relative_attention_num_buckets') / 4 - 1)} away`,
  said`Attention has ${await found('models/training/configs.py', /"num_heads": (\d+)/)} heads, and`,
  said`with streams only ${narrow(/d_model (\d+)/)} wide and ${thousands(narrow(/t5 {8}(\d+) steps$/))} steps of
    ${narrow(/batches of (\d+)/)}, is in \`log-t5-cpu.txt\`: ${words('single', narrow)} % of missing words right from the
    caption alone, ${words('document', narrow)} % with another wording before it; of missing colours
    ${words('colours', narrow)} % if that wording names them, ${words('alone', narrow)} % without it.`,
  said`T5's part of the text is zeros in ${await share(/^WITHOUT_T5, WITHOUT_CLIP = ([\d.]+)/m)} % of the samples, each CLIP's
    in ${await share(/^WITHOUT_T5, WITHOUT_CLIP = [\d.]+, ([\d.]+)/m)} %`,
  said`T5 is padded to ${clipTokens} tokens in the first part of the denoiser's steps and to ${t5Tokens}, as in use`,
  said`Two NVIDIA H200, PyTorch ${cut(/torch (\d+\.\d+)\.\d+\+cu130 on NVIDIA H200/)} with CUDA ${cut(/\+cu(13)0 on/)}, with
    ${given(510)} s for the autoencoder; \`log-cut.txt\``,
  said`| autoencoder | ${thousands(cut(/vae {7}(\d+) steps of/))} steps of ${cut(/vae {7}\d+ steps of (\d+) pictures/)}
    pictures: ${cut(/256x256 held out: ([\d.]+) dB/)} dB on renders of held-out captions,
    ${cut(/256x256 held out: .* dB, ([\d.]+) on edges/)} on their outlines |`,
  said`| CLIPs | of ${recipe.length} held-out captions the right one comes first for
    ${clips('image to text recall at 1', cut)[0]} and
    ${clips('image to text recall at 1', cut)[1]} % of the renders; it beats the caption with its things exchanged in
    ${clips('beats sides', cut)[0]} and ${clips('beats sides', cut)[1]} %, with its colours exchanged in
    ${clips('beats colours', cut)[0]} and ${clips('beats colours', cut)[1]} % |`,
  said`| T5 | ${words('single', cut)} % of missing words right from the caption alone, ${words('document', cut)} % with another
    wording before it, and ${words('colours', cut)} % of the colours that this wording names, of which
    ${words('alone', cut)} % without it |`,
  said`| judge | accepts ${accepts(256, cut)} of ${claims.length} true captions of renders at ${mainSize} x ${mainSize},
    ${accepts(512, cut)} at ${given(512)} x ${given(512)}, and no`,
  said`| flow, until it was cut | ${thousands(cut(/flow-1 {4}step {2,}(\d+) /))} steps of ${batch} pictures, loss on renders of held-out
    captions at ${mainSize} x ${mainSize} and half way to noise: ${cut(/flow-1 .*held out: 256x256 .* t 0\.5 ([\d.]+)  t 0\.8 [\d.]+; 512/)} |`,
  said`One NVIDIA H100 ${trial(/NVIDIA H100 (\d+)GB/)}GB, PyTorch ${trial(/torch (\d+\.\d+)\.\d+\+cu130 on/)} with
    CUDA ${trial(/\+cu(13)0 on/)}; \`log-trial.txt\``,
  said`and fewer pictures of ${given(512)} x ${given(512)}`,
  said`| autoencoder | ${thousands(trial(/vae {7}(\d+) steps of/))} steps of ${trial(/vae {7}\d+ steps of (\d+) pictures/)}
    pictures: ${trial(/256x256 held out: ([\d.]+) dB/)} dB on renders of held-out captions,
    ${trial(/256x256 held out: .* dB, ([\d.]+) on edges/)} on their outlines |`,
  said`| CLIPs | of ${recipe.length} held-out captions the right one comes first for
    ${clips('image to text recall at 1')[0]} and
    ${clips('image to text recall at 1')[1]} % of the renders; it beats the caption with its things exchanged in
    ${clips('beats sides')[0]} and ${clips('beats sides')[1]} %, with its colours exchanged in ${clips('beats colours')[0]}
    and ${clips('beats colours')[1]} % |`,
  said`| T5 | ${words('single')} % of missing words right from the caption alone, ${words('document')} % with another wording
    before it; the commonest words alone: ${words('unigram')} % |`,
  said`| judge | accepts ${accepts(256)} of ${claims.length} true captions of renders at ${mainSize} x ${mainSize},
    ${accepts(512)} at ${given(512)} x ${given(512)}, and no`,
  said`| flow | ${thousands(trialSteps)} steps of ${batch} pictures |`,
  said`| held-out captions, guidance ${defaultGuidance} | ${whole('base')} % right in everything: of pairs ${whole('pair')} %,
    of one thing alone ${whole('single')}, of stacks ${whole('stack')}, of three in a row ${whole('three')} |`,
  said`That is ${millions(String(Number(trialSteps) * batch))} M samples; the bundled denoiser saw
    ${millions(String(numeral(together) + numeral(frozen)))} M, of easier`,
  said`One NVIDIA H100 ${bundled(/NVIDIA H100 (\d+)GB/)}GB, PyTorch ${bundled(/torch (\d+\.\d+)\.\d+\+cu130 on/)} with
    CUDA ${bundled(/\+cu(13)0 on/)}, ${bundled(/PCIe|HBM3, (\d+)\.0 minutes/)} minutes in one go with seed ${await set('seed')};`,
  said`It ended after ${grouped(Math.round(Number(bundled(/^ *([\d.]+) s {2}run {7}passed/))))} s.`,
  said`| autoencoder | ${thousands(bundled(/vae {7}([\d,]+) steps, held-out/))} steps of ${await set('vae_batch')} pictures:
    ${Number(bundled(/held-out PSNR ([\d.]+) dB/)).toFixed(1)} dB on renders it had not seen |`,
  said`| training set | ${grouped(main)} pictures at ${mainSize} x ${mainSize} and ${grouped(sum(others))} at
    ${inWords(others.length)} other sizes |`,
  said`| together | ${thousands(bundled(/together {2}([\d,]+) steps, /))} steps, ${millions(together)} M pictures |`,
  said`| frozen | ${thousands(bundled(/frozen {4}([\d,]+) steps, /))} steps, ${millions(frozen)} M pictures |`,
  said`| size | ${megabytes(sum(Object.values(files).map(({ bytes }) => bytes)))} MB, largest file
    ${megabytes(Math.max(...weights))} |`,
  said`| right of ${own.length} |`,
  said`| as they stand, ${mainSize} x ${mainSize}, guidance ${defaultGuidance} | ${right('base')} |`,
  said`| things exchanged | ${right('sides')} |`,
  said`| colours exchanged | ${right('colours')} |`,
  said`| guidance ${given(2)} and ${given(4)} | ${right('guidance 2.0')} and ${right('guidance 4.0')} |`,
  said`and ${given(128)} x ${given(192)} are not`,
]
