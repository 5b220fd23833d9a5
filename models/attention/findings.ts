import { auroc, chanceIou, topIou } from './localisation.ts'
import type { Fit, Setting } from './measure.ts'
import type { Render } from './renders.ts'

/** The mean fit of a setting's maps. */
export interface SettingFit extends Setting {
  iou: number
  auroc: number
}

/** What a setting finds, against what would be found without looking. */
export interface Found {
  things: number
  renders: number
  iou: number
  /** Half the width of the 95 % interval of the mean over pictures. */
  uncertainty: number
  auroc: number
  /** IoU of as many patches drawn by lot. */
  chance: number
  /** The maps against the masks of the other things of the same picture: does the word tell them apart? */
  otherThing: { iou: number; auroc: number }
  /** Against the masks of what stands in the same place of other pictures: is it more than the usual place? */
  samePlace: { iou: number; auroc: number }
}

/** All fits, by setting. */
export class Findings {
  private readonly bySetting = new Map<string, { setting: Setting; fits: Fit[] }>()

  add(setting: Setting, fit: Fit): void {
    const key = keyOf(setting)
    const known = this.bySetting.get(key)
    if (known) known.fits.push(fit)
    else this.bySetting.set(key, { setting, fits: [fit] })
  }

  /** Every setting's mean over all things of some pictures. */
  means(counts: (render: number) => boolean = () => true): SettingFit[] {
    return [...this.bySetting.values()].map(({ setting, fits }) => {
      const some = fits.filter(({ render }) => counts(render))
      return { ...setting, iou: mean(some.map(({ iou }) => iou)), auroc: mean(some.map((fit) => fit.auroc)) }
    })
  }

  /** @throws TypeError for a setting that was not measured */
  of(setting: Setting): Fit[] {
    return this.bySetting.get(keyOf(setting))!.fits
  }
}

function keyOf({ direction, block, sigma, reader, wording, measure }: Setting): string {
  return [direction, block, sigma, reader, wording, measure].join()
}

/** What the fits of one setting amount to. */
export function weigh(fits: readonly Fit[], renders: readonly Render[]): Found {
  const maskOf = ({ render, thing }: Fit) => renders[render].things[thing].mask
  const slotOf = ({ render, thing }: Fit) => renders[render].things[thing].slot
  /** A thing's map against others' masks, the mean over them. */
  const against = (isOther: (own: Fit, other: Fit) => boolean) => {
    const scored = fits.flatMap((own) => {
      const masks = fits.filter((other) => isOther(own, other)).map(maskOf)
      if (masks.length === 0) return []
      return [
        {
          iou: mean(masks.map((mask) => topIou(own.map, mask))),
          auroc: mean(masks.map((mask) => auroc(own.map, mask))),
        },
      ]
    })
    return { iou: mean(scored.map(({ iou }) => iou)), auroc: mean(scored.map((score) => score.auroc)) }
  }
  const byRender = groups(fits)
  const means = byRender.map((own) => mean(own.map(({ iou }) => iou)))
  return {
    things: fits.length,
    renders: byRender.length,
    iou: mean(fits.map(({ iou }) => iou)),
    uncertainty: 1.96 * Math.sqrt(variance(means) / means.length),
    auroc: mean(fits.map((fit) => fit.auroc)),
    chance: mean(fits.map((fit) => chanceIou(maskOf(fit).filter(Boolean).length, fit.map.length))),
    otherThing: against((own, other) => other.render === own.render && other.thing !== own.thing),
    samePlace: against((own, other) => other.render !== own.render && slotOf(other) === slotOf(own)),
  }
}

function groups(fits: readonly Fit[]): Fit[][] {
  const byRender = new Map<number, Fit[]>()
  for (const fit of fits) byRender.set(fit.render, [...(byRender.get(fit.render) ?? []), fit])
  return [...byRender.values()]
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function variance(values: readonly number[]): number {
  const centre = mean(values)
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1)
}
