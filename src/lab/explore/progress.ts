/** How far an exploration has come. */
export interface Progress {
  readonly runs: number;
  readonly brokenRuns: number;
  readonly total: number | undefined;
}
