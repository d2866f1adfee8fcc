/**
 * The one base of the errors that a user, or a caller of the library, may meet, so that each of
 * them has a stable `code` and the exit status that the command line ends with. What is not of this
 * base is either the machine's (Node's own `ENOSPC` and the like) or a bug of ours, such as
 * `BrokenInvariant`. Every room may use this file, as it may use `assert.ts`: it is pure.
 */

/** Exit statuses of errors: who can put it right. */
export const ErrorExit = {
  /** What was given is wrong: a word, a file's contents, a value. */
  WrongInput: 2,
  /** Something that was asked for is missing here, full, not writable, or it died. */
  Missing: 3,
} as const;

export interface ErrorAbout<Code extends string> {
  /** Stable: what a program may ask for. Texts may change. */
  readonly code: Code;
  /** `ErrorExit.WrongInput` when left out. */
  readonly exit?: number;
  /** How to put it right; empty when the message says so. */
  readonly remedy?: string;
}

/** An error that is not our bug, in one sentence. */
export abstract class BaseboardError<Code extends string = string> extends Error {
  readonly code: Code;
  /** What a command that fails of this ends with. */
  readonly exit: number;
  readonly remedy: string;

  constructor(message: string, { code, exit, remedy }: ErrorAbout<Code>) {
    super(message);
    this.name = new.target.name;
    this.code = code;
    this.exit = exit ?? ErrorExit.WrongInput;
    this.remedy = remedy ?? "";
  }
}
