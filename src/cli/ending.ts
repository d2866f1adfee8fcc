import { CommanderError } from "commander";
import { BaseboardError } from "../errors.ts";
import { isSystemError, systemErrorText } from "./environment.ts";
import { Exit } from "./failure.ts";

/** How a command ends that something was thrown in. */
export interface Ending {
  readonly exit: number;
  /** For standard error; empty when all is said already. */
  readonly text: string;
}

/** What was thrown, in one line and without a stack. */
export function plainText(error: Error): string {
  if (error instanceof BaseboardError) return withRemedy(error);
  return isSystemError(error) ? systemErrorText(error) : error.message;
}

/**
 * The one place that says what becomes of whatever is thrown. What a user or the machine can put
 * right is one line without a stack. Our own bugs keep their stack, are called what they are, and
 * end with a status that no verdict has.
 */
export function endingOf(error: unknown): Ending {
  if (error instanceof CommanderError) {
    return { exit: error.exitCode === 0 ? Exit.AsExpected : Exit.WrongCommand, text: "" };
  }
  if (error instanceof BaseboardError) {
    return { exit: error.exit, text: `baseboard: ${withRemedy(error)}\n` };
  }
  if (isSystemError(error)) {
    return { exit: Exit.Missing, text: `baseboard: ${systemErrorText(error)}\n` };
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const what = "baseboard: this is a bug in baseboard; please report the command and these lines";
  return { exit: Exit.Bug, text: `${what}:\n${stack}\n` };
}

function withRemedy({ message, remedy }: BaseboardError): string {
  return remedy === "" ? message : `${message}; ${remedy}`;
}
