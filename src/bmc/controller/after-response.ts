/** What a command does to the BMC or the host, put off until its response has gone out. */
export class AfterResponse {
  private readonly _resetRequested: (kind: "cold" | "warm") => void;
  private _run: (() => void) | undefined;

  constructor(resetRequested: (kind: "cold" | "warm") => void) {
    this._resetRequested = resetRequested;
  }

  /** One command runs at a time, so there is one thing to do at most. */
  do(run: () => void): void {
    this._run = run;
  }

  reset(kind: "cold" | "warm"): void {
    this.do(() => this._resetRequested(kind));
  }

  responded(): void {
    const run = this._run;
    this._run = undefined;
    run?.();
  }

  /** The BMC starts afresh: what was put off will not happen. */
  forget(): void {
    this._run = undefined;
  }
}
