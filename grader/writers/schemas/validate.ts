import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { validateXML } from 'xmllint-wasm'

const ajv = new Ajv2020({ allErrors: true, strict: false })

const read = (file: string) => readFileSync(new URL(file, import.meta.url), 'utf8')

/** What a host's schema has against a value; empty when nothing. */
export function schemaProblems(schema: string, value: unknown): string[] {
  const validate = ajv.compile(JSON.parse(read(`${schema}.schema.json`)) as object)
  validate(value)
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

/** What Jenkins' XSD, or XML itself, has against a report. */
export async function junitProblems(xml: string): Promise<string[]> {
  const { errors } = await validateXML({ xml, schema: read('jenkins-junit.xsd') })
  return errors.map(({ message }) => message)
}
