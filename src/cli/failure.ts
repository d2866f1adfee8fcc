import { BaseboardError, ErrorExit } from "../errors.ts";

/** Exit statuses. 0: as expected; 1: the verdict is not what the scenario expects. */
export const Exit = {
  AsExpected: 0,
  NotAsExpected: 1,
  WrongCommand: ErrorExit.WrongInput,
  Missing: ErrorExit.Missing,
  /** Ours: neither the user nor the machine can put it right. */
  Bug: 70,
} as const;

/** Ctrl-C and a polite kill end with the exit statuses that a shell knows for them. */
type FailureCode = "WRONG_COMMAND" | "MISSING_HERE" | "INTERRUPTED";

/** Ends the command with one clear line and an exit status. */
export class Failure extends BaseboardError<FailureCode> {
  constructor(exit: number, message: string) {
    super(message, { code: CODE_OF[exit] ?? "INTERRUPTED", exit });
  }
}

const CODE_OF: Readonly<Record<number, FailureCode>> = {
  [Exit.WrongCommand]: "WRONG_COMMAND",
  [Exit.Missing]: "MISSING_HERE",
};
