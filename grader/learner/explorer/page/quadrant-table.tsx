import type { Quadrant } from './quadrant-masses.ts'
import type { Asking } from './reading.ts'
import { Ratio, Share } from './share.tsx'
import { ShareBar } from './share-bar.tsx'

interface QuadrantTableProps {
  quadrants: Quadrant[]
  asking: Asking
}

/** What the image and the text spend on each other and on themselves, as the quadrants lie in the matrix. */
export function QuadrantTable({ quadrants, asking }: QuadrantTableProps) {
  const cell = (query: Asking, key: Asking) => {
    const { mass, uniform } = quadrants.find((one) => one.asking === query && one.read === key)!
    return (
      <td data-quadrant={`${query} ${key}`}>
        <strong>
          <Share value={mass} />
        </strong>{' '}
        <Ratio value={mass} uniform={uniform} />
        <ShareBar value={mass} uniform={uniform} most={1} />
        <small>
          uniform <Share value={uniform} />
        </small>
      </td>
    )
  }
  return (
    <table class="quadrants">
      <caption>Mean over the queries of each kind; a row adds up to 1.</caption>
      <thead>
        <tr>
          <td />
          <th scope="col">image</th>
          <th scope="col">text</th>
        </tr>
      </thead>
      <tbody>
        {(['image', 'text'] as const).map((query) => (
          <tr key={query} class={query === asking ? 'asking' : ''}>
            <th scope="row">{query} reads</th>
            {cell(query, 'image')}
            {cell(query, 'text')}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
