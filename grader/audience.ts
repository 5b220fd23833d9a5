import { rm } from 'node:fs/promises'
import type { Graded } from './grade.ts'
import { latenessOf } from './lateness.ts'
import type { Attachment } from './spec/attach.ts'
import { isVisible, studentView, type Calendar } from './visibility.ts'

export const audiences = ['student', 'instructor'] as const
/** For whom a report is written: instructors see all of it. */
export type Audience = (typeof audiences)[number]

/** A grade as its reader may see it, with its lateness. Pictures of hidden checks are deleted for students. */
export async function present(graded: Graded, audience: Audience, calendar: Calendar): Promise<Graded> {
  const { due } = calendar
  const { submittedAt } = graded.result
  const late = submittedAt !== undefined && due ? latenessOf(new Date(submittedAt), due) : null
  const result = { ...graded.result, ...(due && { due: due.toISOString() }), ...(late && { late }) }
  if (audience === 'instructor') return { ...graded, result }
  const attachments: Graded['attachments'] = new Map()
  for (const [exercise, all] of graded.attachments) {
    const isShown = ({ visibility = 'always' }: Attachment) => isVisible(visibility, calendar)
    for (const hidden of all.filter((one) => !isShown(one)))
      if ('file' in hidden) await rm(hidden.file, { force: true })
    attachments.set(exercise, all.filter(isShown))
  }
  return { ...graded, result: studentView(result, calendar), attachments }
}
