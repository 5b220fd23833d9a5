import { relative } from 'node:path'
import type { Graded } from '#grader/grade.ts'
import type { ExerciseResult, TaskResult } from '#grader/result.ts'
import type { Attachment } from '#grader/spec/attach.ts'
import { messageOf, statusLine } from './feedback.ts'
import { oneLine } from './one-line.ts'
import type { Writer } from './writer.ts'
import { element, escapeXml } from './xml.ts'

/** JUnit XML as Jenkins and GitLab read it: a suite for each exercise, a case for each task. Points are properties. */
export const junit: Writer = {
  description: 'JUnit XML for Jenkins, GitLab and other CI; points are properties',
  holds: 'many',
  write(graded: readonly Graded[], { folder }): string {
    const suites = graded.flatMap((one) =>
      one.result.exercises.map((exercise) =>
        suite(oneLine(one.name), exercise, one.attachments.get(exercise.id) ?? [], folder),
      ),
    )
    const all = graded.flatMap(({ result }) => result.exercises.flatMap(({ tasks }) => tasks))
    return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', counts(all), ['\n', ...suites])}\n`
  },
}

function suite(
  submission: string,
  { id, title, score, maxScore, tasks }: ExerciseResult,
  attachments: readonly Attachment[],
  folder: string,
): string {
  const property = (name: string, value: string | number) => element('property', { name, value })
  const properties = [property('score', score), property('max-score', maxScore)]
  // Skipped is what JUnit calls a test that did not run.
  const skipped = tasks.filter(isSkipped).length
  const attributes = { name: `${submission} / ${title}`, ...counts(tasks), skipped }
  const files = attachments.flatMap((attachment) => ('file' in attachment ? [attachment.file] : []))
  const links = files.map((file) => `[[ATTACHMENT|${relative(folder, file).replaceAll('\\', '/')}]]`)
  return [
    element('testsuite', attributes, [
      '\n',
      element('properties', {}, properties),
      '\n',
      ...tasks.map((task) => `${testCase(task, `${submission}.${id}`)}\n`),
      ...(links.length > 0 ? [element('system-out', {}, [escapeXml(links.join('\n'))]), '\n'] : []),
    ]),
    '\n',
  ].join('')
}

function testCase(task: TaskResult, classname: string): string {
  const attributes = {
    classname,
    name: oneLine(task.title),
    time: task.durationMs / 1000,
  }
  if (task.status === 'pass') return element('testcase', attributes)
  const message = `${statusLine(task)} (${task.score}/${task.maxScore} points)`
  if (isSkipped(task)) return element('testcase', attributes, [element('skipped', {}, [escapeXml(message)])])
  const kind = task.status === 'fail' ? 'failure' : 'error'
  const details = [escapeXml(messageOf(task))]
  return element('testcase', attributes, [element(kind, { type: task.status, message }, details)])
}

function counts(tasks: readonly TaskResult[]) {
  const failures = tasks.filter(({ status }) => status === 'fail').length
  const errors = tasks.filter(({ status }) => ['error', 'timeout', 'invalid'].includes(status)).length
  const time = tasks.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1000
  return { tests: tasks.length, failures, errors, time }
}

function isSkipped({ status }: TaskResult): boolean {
  return status === 'not-attempted' || status === 'blocked'
}
