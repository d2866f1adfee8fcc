import { type Judged, LOSSES, type Loss } from "./judge.ts";
import type { TrialName } from "./point.ts";

/** What all points of a trial came to. */
export class Tally {
  readonly trial: TrialName;
  runs = 0;
  commands = 0;
  /** Commands that the BMC answered. */
  delivered = 0;
  readonly lost: Record<Loss, number>;
  /** Runs that took longer than the budget. */
  overBudget = 0;
  /** Runs in which something was carried out twice that must not be. */
  twice = 0;
  /** Register accesses of the longest run. */
  accessesMax = 0;
  /** Runs that are not right, in their order. */
  readonly broken: Judged[] = [];

  constructor(trial: TrialName) {
    this.trial = trial;
    const none = { NotTaken: 0, NotAnswered: 0, Absent: 0, OutOfTime: 0, NotBegun: 0 };
    this.lost = none;
  }

  add(judged: Judged): void {
    this.runs++;
    this.commands += judged.delivered + judged.lost.length;
    this.delivered += judged.delivered;
    for (const loss of LOSSES) {
      this.lost[loss] += judged.lost.filter((each) => each === loss).length;
    }
    if (judged.overBudget) this.overBudget++;
    if (judged.twice) this.twice++;
    this.accessesMax = Math.max(this.accessesMax, judged.run.accesses);
    if (judged.broken.length > 0) this.broken.push(judged);
  }
}
