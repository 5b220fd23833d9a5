import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import { reportPage } from './page.tsx'
import type { ReportData } from './report-data.ts'

/** Writes the page; a report that was there is replaced as a whole. */
export async function writeReport(file: string, data: ReportData): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await writeFileAtomic(file, await reportPage(data))
}
