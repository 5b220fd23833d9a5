import type { TextToken } from '../wire.ts'
import { TextButton, type TextProps } from './prompt-words.tsx'
import { Toolbar } from './toolbar.tsx'

const ENCODERS = [
  { encoder: 'clip', title: 'CLIP', name: 'Tokens of CLIP' },
  { encoder: 't5', title: 'T5', name: 'Tokens of T5' },
] as const

/** The rows that the text has in the joint sequence, padding and all: nothing masks it. */
export function TokenRows({ start, ...rest }: TextProps) {
  return (
    <div class="token-rows">
      {ENCODERS.map(({ encoder, title, name }) => {
        const rows = start.tokens.flatMap((token, i) => (token.encoder === encoder ? [{ token, i }] : []))
        return (
          <Toolbar key={encoder} label={name} class="tokens">
            <span class="tokens-title">
              {title} <small>{rows.length} rows</small>
            </span>
            {runs(rows).map(({ token, all }) => (
              <TextButton
                key={all[0]}
                class={token.kind === 'text' ? 'token' : 'token special'}
                subject={{
                  kind: 'text',
                  id: `token ${all[0]}`,
                  name: nameOf(token, all.length),
                  tokens: all,
                }}
                label={labelOf(token, all.length)}
                name={`${nameOf(token, all.length)}, ${title} row ${token.row}`}
                {...rest}
              />
            ))}
          </Toolbar>
        )
      })}
    </div>
  )
}

/** Padding that follows padding is one thing to point at; every other token is its own. */
function runs(rows: { token: TextToken; i: number }[]): { token: TextToken; all: number[] }[] {
  const result: { token: TextToken; all: number[] }[] = []
  for (const { token, i } of rows) {
    const last = result.at(-1)
    const fills = token.kind === 'padding' || token.kind === 'absent'
    if (last && fills && last.token.kind === token.kind) last.all.push(i)
    else result.push({ token, all: [i] })
  }
  return result
}

function labelOf(token: TextToken, count: number): string {
  if (token.kind === 'absent') return `zeros × ${count}`
  if (token.kind === 'padding') return `padding × ${count}`
  return token.kind === 'text' ? token.piece : token.kind
}

function nameOf(token: TextToken, count: number): string {
  return labelOf(token, count)
}
