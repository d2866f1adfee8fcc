import { getBtInterfaceCapabilities } from "../../../ipmi/commands/app/system-interface.ts";
import { MILLISECOND_US, SECOND_US } from "../../../time/scheduler.ts";
import { BT_FIFO_BYTES_MIN, BT_INPUT_LENGTH_MIN } from "../../../wire/bt/protocol.ts";
import type { Greeting } from "../machine.ts";
import { RUNNING_SEQUENCES, type SequenceRange } from "./sequence.ts";

/** How long BT waits for what, and how much it has under way. */
export interface BtTiming {
  /**
   * How long the BMC may take to answer, until it says so itself; so long it may be busy, too.
   * @see IPMI 2.0 §11.4
   */
  readonly requestToResponseUs: number;
  /** The most that is believed of what the BMC says of it. @see IPMI 2.0 §22.10 */
  readonly requestToResponseMaxUs: number;
  /** How often a request without an answer is sent again, until the BMC says so itself. */
  readonly retries: number;
  /** The most that is believed of what the BMC says of it. */
  readonly retriesMax: number;
  /** The most requests that are under way at a time, if the BMC allows several. */
  readonly outstandingMax: number;
  /** The pause after a warm reset of a BMC that takes requests and answers none; 0: no reset. */
  readonly warmResetPauseUs: number;
  /** The sequence numbers that are used. */
  readonly sequences: SequenceRange;
  /** From `begin` to Done or Failed, whatever the BMC does. */
  readonly transactionUs: number;
}

/** How BT is spoken to a BMC that says nothing of itself yet. */
export const BT_TIMING: BtTiming = {
  requestToResponseUs: 5 * SECOND_US,
  requestToResponseMaxUs: 30 * SECOND_US,
  retries: 1,
  retriesMax: 3,
  outstandingMax: 4,
  warmResetPauseUs: 500 * MILLISECOND_US,
  sequences: RUNNING_SEQUENCES,
  transactionUs: 35 * SECOND_US,
};

/** Asked before all else. */
export const BT_GREETING: Greeting = {
  cmd: getBtInterfaceCapabilities.cmd,
  data: new Uint8Array(0),
};

/** What the BMC offers, and what it is held to. */
export interface BtLimits {
  /** Requests that may be under way at a time. */
  readonly outstanding: number;
  /** The greatest Length of a request. */
  readonly inputLengthMax: number;
  readonly requestToResponseUs: number;
  readonly retries: number;
}

/** The shortest FIFO takes a Length of 63; more is not tried before the BMC says so. */
const INPUT_LENGTH_DEFAULT = BT_FIFO_BYTES_MIN - 1;
const { response } = getBtInterfaceCapabilities;

/**
 * The limits by Get BT Interface Capabilities' data; the defaults without. Nothing that the BMC
 * says is taken beyond reason: no requests at a time, no time and no room mean that it did not say.
 */
export function btLimits(data: Uint8Array | undefined, timing: BtTiming): BtLimits {
  if (data === undefined || data.length < response.size.min) {
    const { requestToResponseUs, retries } = timing;
    return {
      outstanding: 1,
      inputLengthMax: INPUT_LENGTH_DEFAULT,
      requestToResponseUs,
      retries,
    };
  }
  const said = response.decode(data.subarray(0, response.size.max));
  const { requestToResponseUs, requestToResponseMaxUs, retriesMax, outstandingMax } = timing;
  const us = said.requestToResponseS * SECOND_US;
  return {
    outstanding: Math.min(Math.max(said.outstandingRequests, 1), outstandingMax),
    inputLengthMax: Math.max(said.inputBytesMax, BT_INPUT_LENGTH_MIN),
    requestToResponseUs: us === 0 ? requestToResponseUs : Math.min(us, requestToResponseMaxUs),
    retries: Math.min(said.retries, retriesMax),
  };
}
