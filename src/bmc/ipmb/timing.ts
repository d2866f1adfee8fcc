import { MILLISECOND_US, SECOND_US } from "../../time/scheduler.ts";

/** How a controller on an IPMB waits and tries again. @see IPMB 1.0 §4 */
export interface IpmbTiming {
  /** T3: from a message that nobody acknowledged to the next try. */
  readonly refusedUs: number;
  /** T6: how long a response may take before the request is sent again. */
  readonly responseUs: number;
  /** C1: how often a request is sent at the most. */
  readonly triesMax: number;
  /** How long a sequence number stands for its request: behind that it may be another one's. */
  readonly sequenceLifeUs: number;
}

export const IPMB_TIMING: IpmbTiming = {
  refusedUs: 60 * MILLISECOND_US,
  responseUs: 250 * MILLISECOND_US,
  triesMax: 5,
  sequenceLifeUs: 5 * SECOND_US,
};
