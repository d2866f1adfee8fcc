import type { Answer, RequestSpec } from "../host/index.ts";

/** A BMC that can be asked, by whatever way. A `User` of our own stack is asked in the same words. */
export interface Target {
  /** How its place is written. */
  readonly name: string;
  /**
   * Hands a request in; throws what has a stable `code` when it is not taken. Of one that is taken exactly
   * one of `answered` and `failed` is called.
   */
  submit(
    spec: RequestSpec,
    answered: (answer: Answer) => void,
    failed?: (error: unknown) => void,
  ): number;
  request(spec: RequestSpec): Promise<Answer>;
  /** Lets go of it: no access and no timer from then on. */
  close(): Promise<void>;
}

/** A `request` that is made of a target's `submit`. */
export function requestBy(submit: Target["submit"]): Target["request"] {
  return (spec) => {
    return new Promise((resolve, reject) => {
      submit(spec, resolve, reject);
    });
  };
}

/** How a target is opened. */
export interface TargetOptions {
  /** After so many ms a request to a kernel's device counts as not answered. */
  readonly answerMs?: number;
  /** Takes registers that another driver claims, unless that is a live driver of IPMI. */
  readonly force?: boolean;
  /** Ends the wait for a BMC that does not come up. */
  readonly signal?: AbortSignal;
}
