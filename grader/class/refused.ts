/** A submission that cannot be graded at all: two lines, what is wrong with it and the repair. */
export class SubmissionRefused extends Error {
  constructor(problem: string, remedy: string) {
    super(`${problem}\n${remedy}`)
  }
}
