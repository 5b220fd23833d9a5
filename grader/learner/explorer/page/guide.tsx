import type { ModelInfo } from '../wire.ts'

/** What the page shows, in the lesson's words. */
export function Guide({ model }: { model: ModelInfo }) {
  return (
    <section class="guide" id="guide" aria-labelledby="guide-title">
      <h2 id="guide-title">How to read this page</h2>
      <dl>
        <dt>Rows and columns</dt>
        <dd>
          Rows are queries: who reads. Columns are keys: what is read. Every query spends 1 in all, so a row
          adds up to 1; a column may add up to anything.
        </dd>
        <dt>Uniform</dt>
        <dd>
          Among N tokens read alike, each gets 1/N. More tokens get more for nothing, so every share stands
          beside its uniform one, and the colours show multiples of it; under them the picture loses its own.
          The tick on a bar is the uniform share.
        </dd>
        <dt>Four quadrants</dt>
        <dd>
          Image reads image and image reads text are what the self-attention and the cross-attention of a
          U-Net do. Text reads image and text reads text came with joint attention: the text looks back at
          what is being drawn.
        </dd>
        <dt>Tokens</dt>
        <dd>
          A patch is {model.patch} × {model.patch} pixels. The text has 77 rows in which both CLIPs stand side
          by side, then 256 rows of T5. A word lights up all its tokens; the chips are the tokens one by one.
          Nothing masks padding, so it is read as well.
        </dd>
        <dt>What is measured</dt>
        <dd>
          The softmax probabilities inside the chosen block while the chosen step was taken, from the prompt’s
          half of the guided pair. A step is entered by what the step before it left, so the picture shown is
          the one that this attention helped to make. Attention says which tokens are mixed, not what is made
          of them.
        </dd>
      </dl>
      <p>
        The lesson behind it: <a href="/lesson">exercise 2, joint attention</a>.
      </p>
    </section>
  )
}
