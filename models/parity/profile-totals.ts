/** An entry of onnxruntime's profile, in Chrome's trace format; times in microseconds. */
export interface ProfileEvent {
  cat: string
  name: string
  ts: number
  dur: number
  args?: { op_name?: string; provider?: string; node_index?: string; output_type_shape?: unknown }
}

export interface ProfileTotal {
  name: string
  /** In one step. */
  milliseconds: number
  count: number
}

/** Means over the profiled steps, largest first. */
export interface ProfileTotals {
  steps: number
  stepMilliseconds: number
  /** All operators together; the rest of a step passes between them. */
  operatorMilliseconds: number
  operators: ProfileTotal[]
  /** Operators of the same kind and output shape. */
  nodes: ProfileTotal[]
  /** Operators that did not run where they were asked to, by provider. */
  providers: ProfileTotal[]
}

/** Sums the operators of the last `steps` runs of a session. */
export function aggregate(events: readonly ProfileEvent[], steps: number): ProfileTotals {
  const runs = events.filter(({ cat, name }) => cat === 'Session' && name === 'model_run').slice(-steps)
  const start = Math.min(...runs.map(({ ts }) => ts))
  const kernels = events.filter(
    ({ cat, name, ts, args }) =>
      cat === 'Node' && name.endsWith('_kernel_time') && args?.op_name !== undefined && ts >= start,
  )
  const totals = (nameOf: (event: ProfileEvent) => string) => {
    const sums = new Map<string, ProfileTotal>()
    for (const event of kernels) {
      const name = nameOf(event)
      const total = sums.get(name) ?? { name, milliseconds: 0, count: 0 }
      total.milliseconds += event.dur / 1000 / runs.length
      total.count += 1 / runs.length
      sums.set(name, total)
    }
    return [...sums.values()]
      .map((total) => ({ ...total, count: Math.round(total.count) }))
      .sort((a, b) => b.milliseconds - a.milliseconds)
  }
  const sum = (list: readonly { dur: number }[]) => list.reduce((total, { dur }) => total + dur, 0)
  return {
    steps: runs.length,
    stepMilliseconds: sum(runs) / 1000 / runs.length,
    operatorMilliseconds: sum(kernels) / 1000 / runs.length,
    operators: totals(({ args }) => args!.op_name!),
    nodes: totals(({ args }) => `${args!.op_name} → ${shapes(args!.output_type_shape)}`).slice(0, 40),
    providers: totals(({ args }) => (args!.provider ?? 'unknown').replace('ExecutionProvider', '')),
  }
}

/** `[{"float16":[2,4096,1536]}]` as `float16 [2, 4096, 1536]`. */
function shapes(value: unknown): string {
  const list = (Array.isArray(value) ? value : []) as Record<string, number[]>[]
  return list
    .flatMap((entry) => Object.entries(entry).map(([type, dims]) => `${type} [${dims.join(', ')}]`))
    .join(', ')
}
