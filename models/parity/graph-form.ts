import type { Machine } from './machine.ts'

/** The form that the harness writes its graphs in unless SD3_GRAPH names another. */
export function defaultForm({ device }: Pick<Machine, 'device'>): string {
  return device === 'cuda' ? 'fused' : 'plain'
}

/** The form that this process' graphs are written in. */
export function usedForm(machine: Pick<Machine, 'device'>): string {
  return process.env.SD3_GRAPH || defaultForm(machine)
}
