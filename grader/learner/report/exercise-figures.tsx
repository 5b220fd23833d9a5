import type { Results } from '../measurements/results.ts'
import { AttentionMass } from './figures/attention-mass.tsx'
import { AttentionMatrix } from './figures/attention-matrix.tsx'
import { ParameterBudget } from './figures/parameter-budget.tsx'
import { Film, RoundTrip, WithoutT5 } from './figures/pictures.tsx'
import { Convergence, StepStrip } from './figures/step-counts.tsx'
import { Timings } from './figures/timings.tsx'
import { Trace } from './figures/trace.tsx'

/** The figures of an exercise, as far as they could be measured. */
export function ExerciseFigures({ exerciseId, results }: { exerciseId: string; results: Results }) {
  const { inspection, attention, stepCounts, withoutT5, pipelineTrace, vaeRoundTrip } = results
  switch (exerciseId.slice(0, 2)) {
    case '01':
      return inspection ? <ParameterBudget {...inspection} /> : null
    case '02':
      return attention ? (
        <>
          <AttentionMatrix {...attention} />
          <AttentionMass {...attention} />
        </>
      ) : null
    case '03':
      return (
        <>
          {stepCounts && (
            <>
              <StepStrip {...stepCounts} />
              <Convergence {...stepCounts} />
              <Timings {...stepCounts} />
            </>
          )}
          {withoutT5 && <WithoutT5 {...withoutT5} />}
        </>
      )
    default:
      return (
        <>
          {pipelineTrace && (
            <>
              <Trace {...pipelineTrace} />
              <Film {...pipelineTrace} />
            </>
          )}
          {vaeRoundTrip && <RoundTrip {...vaeRoundTrip} />}
        </>
      )
  }
}
