/** What the kit measured about one of an exercise's questions. */
export interface Answer {
  /** Matches the question's text; exactly one answer matches each question of a brief. */
  about: RegExp
  text: string
  /** The figure of the report that shows more, by its id. */
  figure?: string
}
