import { confirm, isCancel } from '@clack/prompts'
import { exercises, type Exercise } from '#grader/manifest/index.ts'
import { askPredictions, introduce } from '#grader/learner/predictions/ask.ts'
import { predictFirst } from '#grader/learner/predictions/predict-first.ts'
import { promptOutput } from '#grader/learner/progress/prompt-output.ts'
import { readProgress, updateProgress, type Progress } from '#grader/learner/progress/progress-file.ts'
import { course, placeAfter, placeBefore, placeOf, type Place } from './course.ts'
import { Judging } from './judging.ts'
import { anyKey, openReport } from './open-report.ts'
import { resetTask } from './reset.ts'
import { watchExercises } from './saved-files.ts'
import { Screen } from './screen.ts'
import { solutionDiff } from './solution-diff.ts'
import { chooseTask } from './task-list.ts'
import { TaskStates } from './task-states.ts'
import { taskView } from './task-view.ts'
import { heading, hintView, isLong, keysLine, statusLine, whatNext } from './views.ts'

const TICK_MS = 250

/** The loop of `npm run watch`: shows the current task, judges what a save changed, and listens to keys. */
export class Watch {
  readonly #screen = new Screen((key) => void this.#press(key))
  readonly #states: TaskStates
  readonly #hints: Record<string, number>
  #judging: Judging | undefined
  #place: Place
  /** How many hints are on the screen; those revealed earlier are not, until they are asked for. */
  #hintsShown = 0
  #diff: string[] | null = null
  /** One line about what a key did, and one about what a save did not. */
  #notice = ''
  #saveNotice = ''
  /** A key's work is under way: others are not heard. */
  #isBusy = false
  #quit!: () => void

  private constructor(progress: Progress) {
    this.#states = new TaskStates(progress)
    this.#hints = { ...progress.hints }
    this.#place = placeOf(progress.current) ?? this.#firstOpen()
  }

  /** @returns how many tasks pass in the end */
  static async run(): Promise<number> {
    const warnings: string[] = []
    const watch = new Watch(await readProgress('.', (sentence) => warnings.push(sentence)))
    watch.#notice = warnings.join(' ')
    return watch.#run()
  }

  async #run(): Promise<number> {
    const hasQuit = new Promise<void>((quit) => (this.#quit = quit))
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => this.#quit())
    process.stdin.once('end', () => this.#quit())
    process.once('uncaughtException', (error) => {
      this.#screen.close() // First, or the message goes with the screen.
      console.error(error)
      process.exit(1)
    })
    this.#screen.open()
    await this.#readAll()
    const opened = Judging.open({
      states: this.#states,
      current: () => this.#place,
      onChange: () => void this.#show(),
    })
    await this.#enter(this.#place)
    const stopWatching = await watchExercises((exercise) => void this.#saved(exercise))
    await this.#readAll() // What was saved before it watched.
    this.#judging = await opened
    const ticks = setInterval(() => this.#tick(), TICK_MS)
    if (this.#needsReason()) this.#judging.want([this.#place.task])
    else this.#judging.go()
    await this.#show('top')
    await hasQuit
    clearInterval(ticks)
    this.#screen.close()
    await Promise.all([stopWatching(), this.#judging.close()])
    return this.#states.count('pass')
  }

  async #readAll(): Promise<void> {
    await Promise.all(exercises.map((exercise) => this.#states.read(exercise)))
  }

  async #saved(exercise: Exercise): Promise<void> {
    const before = this.#judging?.left ?? 0
    const couldBeJudged = this.#states.sources(exercise) !== null
    const canBeJudged = await this.#states.read(exercise)
    if (!this.#judging) return
    const isUntouched = couldBeJudged && canBeJudged && this.#judging.left <= before
    this.#saveNotice = isUntouched ? 'Saved. Only comments or blanks changed: nothing to check.' : ''
    this.#diff = null
    this.#judging.go()
    await this.#show()
  }

  /** A verdict from an earlier session is known, but not its reason. */
  #needsReason(): boolean {
    const { status, judged } = this.#states.of(this.#place.task)
    return judged === null && !['pass', 'not-attempted', 'unchecked'].includes(status)
  }

  async #press(key: string): Promise<void> {
    if (key === 'q' || key === 'ctrl-c') return this.#quit()
    const act = this.#actions[key]
    if (this.#isBusy || !this.#judging) return
    this.#isBusy = true
    this.#notice = ''
    this.#saveNotice = ''
    const hadDiff = this.#diff !== null
    this.#diff = null
    try {
      await act?.()
    } catch (error) {
      this.#notice = (error as Error).message.split('\n')[0]
    } finally {
      this.#isBusy = false
    }
    await this.#show(key === 'h' ? 'end' : hadDiff || 'npldo'.includes(key) ? 'top' : undefined)
  }

  readonly #actions: Record<string, () => Promise<void> | void> = {
    h: () => this.#nextHint(),
    n: () => this.#enter(this.#nextPlace()),
    right: () => this.#enter(this.#nextPlace()),
    p: () => this.#enter(placeBefore(this.#place)),
    left: () => this.#enter(placeBefore(this.#place)),
    l: async () => {
      const chosen = await this.#screen.lend(() => chooseTask(this.#place, this.#states))
      if (chosen) await this.#enter(chosen)
    },
    a: () => this.#judging!.want(course.map(({ task }) => task)),
    r: () => this.#reset(),
    d: () => this.#compare(),
    o: () =>
      this.#screen.lend(async () => {
        await openReport()
        await anyKey()
      }),
  }

  /** Asks the exercise's predictions before it shows any of its tasks. */
  async #enter(place: Place): Promise<void> {
    if ((await predictFirst(place.exercise)) !== null) {
      const isDone = await this.#screen.lend(() => {
        introduce(place.exercise)
        return askPredictions(place.exercise, true)
      })
      if (!isDone)
        this.#notice = `Asked again later, or with npm run predict -- ${place.exercise.id.slice(0, 2)}`
    }
    this.#place = place
    this.#hintsShown = 0
    await updateProgress((progress) => (progress.current = place.task.id))
    if (this.#needsReason()) this.#judging?.want([place.task])
  }

  async #nextHint(): Promise<void> {
    const { task } = this.#place
    const seen = this.#hints[task.id] ?? 0
    if (this.#hintsShown === task.hints.length) {
      this.#hintsShown = 0
      return
    }
    this.#hintsShown = this.#hintsShown === 0 ? Math.max(seen, 1) : this.#hintsShown + 1
    if (this.#hintsShown <= seen) return
    this.#hints[task.id] = this.#hintsShown
    await updateProgress(({ hints }) => (hints[task.id] = this.#hintsShown))
  }

  async #reset(): Promise<void> {
    const { exercise, task } = this.#place
    const isSure = await this.#screen.lend(() =>
      confirm({
        message: `Put the stub of ${task.export} back? The file as it is now will be kept in out/.`,
        initialValue: false,
        output: promptOutput,
        withGuide: false,
      }),
    )
    if (isCancel(isSure) || !isSure) this.#notice = 'Nothing was reset.'
    else
      this.#notice = `${task.export} is the stub again. The file as it was: ${await resetTask(exercise, task)}`
  }

  async #compare(): Promise<void> {
    const { exercise, task } = this.#place
    if (this.#states.of(task).status !== 'pass') this.#notice = 'The solution is shown once the task passes.'
    else this.#diff = await solutionDiff(exercise, task)
  }

  #nextPlace(): Place {
    const isOpen = ({ task }: Place) => this.#states.of(task).status !== 'pass'
    return placeAfter(this.#place, isOpen) ?? placeAfter(this.#place, () => true)!
  }

  #firstOpen(): Place {
    return course.find(({ task }) => this.#states.of(task).status !== 'pass') ?? course[0]
  }

  #tick(): void {
    const { batch } = this.#judging!
    if (batch && isLong(batch)) void this.#show()
  }

  async #show(from?: 'top' | 'end'): Promise<void> {
    const { exercise, task } = this.#place
    const state = this.#states.of(task)
    const body = this.#diff ?? [
      ...(await taskView(this.#place, state)),
      ...(state.status === 'pass' ? whatNext(exercise, this.#states).map(indent) : []),
      ...hintView(task, this.#hintsShown).map(indent),
    ]
    const status = this.#judging ? statusLine(this.#judging) : ''
    const notices = [this.#notice, this.#saveNotice].filter((line) => line !== '')
    const bottom = ['', ...notices, status, keysLine()]
    this.#screen.show({ top: heading(exercise, this.#states), body, bottom }, from)
  }
}

function indent(line: string): string {
  return line === '' ? '' : `  ${line}`
}
