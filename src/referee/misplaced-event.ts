import { BaseboardError } from "../errors.ts";

/** An event was handed in that cannot be where it is: its number or its time goes back. */
export class MisplacedEvent extends BaseboardError<"MISPLACED_EVENT"> {
  constructor(why: string) {
    super(`the referee takes the events of a trace in their order: ${why}`, {
      code: "MISPLACED_EVENT",
    });
  }
}
