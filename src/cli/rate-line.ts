import { grouped, type Progress } from "../lab/explore/index.ts";

const REDRAW_MS = 200;

/** Shows on a terminal how fast an exploration goes, and how long it will; silent in a pipe. */
export class RateLine {
  readonly #name: string;
  readonly #shown: boolean;
  readonly #limitMs: number;
  readonly #runsMax: number;
  readonly #fromMs = performance.now();
  #drawnMs = 0;

  constructor(limits: {
    name: string;
    quiet: boolean;
    seconds: number;
    runsMax: number | undefined;
  }) {
    this.#name = limits.name;
    this.#shown = !limits.quiet && process.stderr.isTTY === true;
    this.#limitMs = limits.seconds * 1_000;
    this.#runsMax = limits.runsMax ?? Number.POSITIVE_INFINITY;
  }

  elapsedMs(): number {
    return performance.now() - this.#fromMs;
  }

  show({ runs, brokenRuns, total }: Progress): void {
    const nowMs = this.elapsedMs();
    if (!this.#shown || nowMs - this.#drawnMs < REDRAW_MS) return;
    this.#drawnMs = nowMs;
    const rate = runs / (nowMs / 1_000);
    const whole = Math.min(total ?? Number.POSITIVE_INFINITY, this.#runsMax);
    const leftMs = Math.min(((whole - runs) / rate) * 1_000, this.#limitMs - nowMs);
    const of = Number.isFinite(whole)
      ? ` of ${grouped(whole)} (${((100 * runs) / whole).toFixed(1)} %)`
      : "";
    const left = `${Math.max(0, Math.ceil(leftMs / 1_000))} s left`;
    const text = `${grouped(runs)} runs${of}, ${rate.toFixed(0)} runs/s, ${left}, ${brokenRuns} broken`;
    process.stderr.write(`\r\u001b[K${this.#name}: ${text}`);
  }

  end(): void {
    if (this.#shown) process.stderr.write("\r\u001b[K");
  }
}
