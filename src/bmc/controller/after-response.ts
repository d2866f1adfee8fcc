/** What a command does to the BMC or the host, put off until its response has gone out. */
export class AfterResponse {
  readonly #resetRequested: (kind: "cold" | "warm") => void;
  #run: (() => void) | undefined;

  constructor(resetRequested: (kind: "cold" | "warm") => void) {
    this.#resetRequested = resetRequested;
  }

  /** One command runs at a time, so there is one thing to do at most. */
  do(run: () => void): void {
    this.#run = run;
  }

  reset(kind: "cold" | "warm"): void {
    this.do(() => this.#resetRequested(kind));
  }

  responded(): void {
    const run = this.#run;
    this.#run = undefined;
    run?.();
  }

  /** The BMC starts afresh: what was put off will not happen. */
  forget(): void {
    this.#run = undefined;
  }
}
