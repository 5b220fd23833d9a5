import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { golden, honestSubmission, hostileSubmission } from './fixture.ts'
import { context } from './fixture.ts'
import { writers } from './index.ts'
import { junitProblems, schemaProblems } from './schemas/validate.ts'
import type { Graded } from '#grader/grade.ts'

async function write(format: string, graded: Graded): Promise<string> {
  const writer = writers[format]
  return writer.holds === 'one' ? writer.write(graded, context) : writer.write([graded], context)
}

async function json(format: string, graded: Graded): Promise<Record<string, unknown>> {
  const text = await write(format, graded)
  const decoded = format === 'github-result' ? Buffer.from(text, 'base64').toString() : text
  return JSON.parse(decoded) as Record<string, unknown>
}

/** A required field for each, to show that its schema can refuse. */
const required = {
  'github-result': 'max_score',
  classroom50: 'owner',
  gradescope: 'tests',
  exercism: 'tests',
  prairielearn: 'score',
}

describe('JSON follows its host', () => {
  it.each(Object.entries(required))('%s', async (format, field) => {
    expect(schemaProblems(format, await json(format, hostileSubmission))).toEqual([])
    const good = await json(format, honestSubmission)
    expect(schemaProblems(format, good)).toEqual([])
    expect(schemaProblems(format, { ...good, [field]: undefined })).not.toEqual([])
    expect(schemaProblems(format, { ...good, surplus: 1 })).not.toEqual([])
  })
})

describe('JUnit XML follows the XSD of Jenkins', () => {
  it('with hostile text and without', async () => {
    expect(await junitProblems(await readFile(join(golden, 'junit.xml'), 'utf8'))).toEqual([])
  })

  it('without the attribute that its newer model refuses', async () => {
    expect(await readFile(join(golden, 'junit.xml'), 'utf8')).not.toContain(' status=')
  })

  it.each([
    ['an element it does not know', '<testsuites><case/></testsuites>'],
    ['text that ends CDATA', '<testsuites><testsuite name="a" tests="1">]]></testsuite></testsuites>'],
    ['a control character', '<testsuites><testsuite name="\u0001" tests="1"/></testsuites>'],
  ])('which refuses %s', async (_, xml) => {
    expect(await junitProblems(xml)).not.toEqual([])
  })
})
