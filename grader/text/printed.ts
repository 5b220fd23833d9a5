/** What specs hand to a student, by exercise and name: `02-joint-attention/attention-mass`. Of pictures, the caption. */
export type Printed = Record<string, string>

/** Where the texts take their measured numbers from. */
export const printedFile = 'grader/text/printed.json'
