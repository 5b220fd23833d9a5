import { defaultGraphForms, type GraphForm } from '#harness'
import type { Machine } from './machine.ts'

/** The form that the harness writes its graphs in unless SD3_GRAPH names another. */
export function defaultForm({ device }: Pick<Machine, 'device'>): GraphForm {
  return device === 'cuda' || device === 'webgpu' ? defaultGraphForms[device] : defaultGraphForms.cpu
}

/** The form that this process' graphs are written in: what SD3_GRAPH names, which the harness refuses if it has none. */
export function usedForm(machine: Pick<Machine, 'device'>): string {
  return process.env.SD3_GRAPH || defaultForm(machine)
}
