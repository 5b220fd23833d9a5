/** Values made on demand, of which those used last are kept while their sizes stay within a budget. */
export class Recent<Value> {
  private readonly kept = new Map<string, { value: Promise<Value>; size: number }>()
  private readonly budget: number

  /** @param budget in the unit of the sizes; the value asked for last is kept in any case */
  constructor(budget: number) {
    this.budget = budget
  }

  /** The value of that name; made by `make` unless it is kept. One that fails is not kept. */
  get(name: string, size: number, make: () => Promise<Value>): Promise<Value> {
    const entry = this.kept.get(name) ?? { value: make(), size }
    this.kept.delete(name)
    this.kept.set(name, entry)
    entry.value.catch(() => this.kept.get(name) === entry && this.kept.delete(name))
    let total = [...this.kept.values()].reduce((sum, one) => sum + one.size, 0)
    for (const [old, one] of this.kept) {
      if (total <= this.budget || old === name) break
      this.kept.delete(old)
      total -= one.size
    }
    return entry.value
  }
}
