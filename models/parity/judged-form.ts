import { usedForm } from './graph-form.ts'
import { describeMachine } from './machine.ts'

/** `npx tsx models/parity/judged-form.ts`: prints the form of the graphs that parity judges here, for run.sh. */
console.log(usedForm(await describeMachine()))
