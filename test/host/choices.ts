/** Enumerates every sequence of choices a run asks for, depth first, without recursion. */
export class Choices {
  readonly #taken: number[] = [];
  readonly #limits: number[] = [];
  #at = 0;

  /** An integer in [0, limit). The first visit of a branch answers 0. */
  pick(limit: number): number {
    if (this.#at === this.#taken.length) {
      this.#taken.push(0);
      this.#limits.push(limit);
    }
    return this.#taken[this.#at++] ?? 0;
  }

  /** Moves to the next unexplored sequence; false when none is left. */
  advance(): boolean {
    this.#at = 0;
    for (let last = this.#taken.pop(); last !== undefined; last = this.#taken.pop()) {
      const limit = this.#limits.pop() ?? 0;
      if (last + 1 >= limit) continue;
      this.#taken.push(last + 1);
      this.#limits.push(limit);
      return true;
    }
    return false;
  }

  toString(): string {
    return this.#taken.join("");
  }
}

/** Runs `run` under every sequence of choices; gives their number. */
export function explore(run: (choices: Choices) => void): number {
  const choices = new Choices();
  let runs = 0;
  do {
    runs++;
    try {
      run(choices);
    } catch (error) {
      throw new Error(`under schedule ${choices}`, { cause: error });
    }
  } while (choices.advance());
  return runs;
}
