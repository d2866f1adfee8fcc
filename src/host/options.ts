import { MILLISECOND_US, SECOND_US } from "../time/scheduler.ts";
import type { HostWire } from "../wire/interface.ts";
import { BT_TIMING } from "./interfaces/bt/limits.ts";
import { PANIC_SEQUENCES } from "./interfaces/bt/sequence.ts";
import { KCS_TIMING } from "./interfaces/kcs/kcs.ts";
import { type InterfaceTimings, transactionUs } from "./interfaces/machine-for.ts";
import { OPAL_TIMING } from "./interfaces/opal/opal.ts";
import { PATIENCE, type PatienceTiming } from "./interfaces/patience.ts";
import { SMIC_TIMING } from "./interfaces/smic/smic.ts";
import { SSIF_TIMING } from "./interfaces/ssif/timing.ts";
import { PANIC_POLL_MAX_US, type PanicOperation } from "./panic/panic.ts";
import { POLL_MAX_US } from "./system-interface/machine-runner.ts";

/** What may be set, with the stack's defaults. Times that users give are in ms, as elsewhere. */
export interface HostOptions {
  /** How each interface's protocol is spoken. */
  readonly timing: InterfaceTimings;
  readonly usersMax: number;
  /** Requests of one user that are owed an answer at a time. */
  readonly outstandingMax: number;
  /** How long a request may wait before it is sent. */
  readonly queueLimitUs: number;
  /** How often an IPMB message is sent again, if its user does not say. */
  readonly ipmbRetries: number;
  readonly ipmbRetryTimeMs: number;
  /** The same while a controller on IPMB is being reset or updated. */
  readonly ipmbMaintenanceRetryTimeMs: number;
  /** How long the BMC is left alone after a reset that the host asked for. */
  readonly quietUs: number;
  /** How long a firmware command keeps the stack from asking the BMC on its own account. */
  readonly maintenanceUs: number;
  /** Tries of Get Device ID at bring-up, and the pause between them. */
  readonly identifyTries: number;
  readonly identifyPauseUs: number;
  /** How often a BMC that was not there at bring-up is looked for. */
  readonly absentRetryUs: number;
  /** How often a BMC that failed is looked for. */
  readonly failedRetryUs: number;
  /** How old the device ID may be when the interface is used. */
  readonly identityAgeUs: number;
  /** How often the global enables are looked after while somebody wants events. */
  readonly enablesCheckUs: number;
  /** What a panic leaves on the BMC. */
  readonly panicOperation: PanicOperation;
  /** The same in a panic. */
  readonly panicTiming: InterfaceTimings;
  /** How long a panic may take in all. */
  readonly panicUs: number;
  /** Gives the ids of requests; for several stacks that share one trace. */
  readonly nextId: (() => number) | undefined;
}

/** All of a panic. One message may take it all: the panic ends with a message that fails. */
const PANIC_US = 5 * SECOND_US;

/** A BMC that takes a message and does not answer it gets it again: it may be its last. */
const PANIC_PATIENCE: PatienceTiming = { ...PATIENCE, silencesMax: 3 };

/** What a stack does when nothing else is asked of it. */
export const HOST_OPTIONS: HostOptions = {
  timing: {
    kcs: KCS_TIMING,
    smic: SMIC_TIMING,
    bt: BT_TIMING,
    ssif: SSIF_TIMING,
    opal: OPAL_TIMING,
  },
  usersMax: 30,
  outstandingMax: 100,
  queueLimitUs: 30 * SECOND_US,
  ipmbRetries: 4,
  ipmbRetryTimeMs: 2_000,
  ipmbMaintenanceRetryTimeMs: 3_000,
  quietUs: 30 * SECOND_US,
  maintenanceUs: 30 * SECOND_US,
  identifyTries: 5,
  identifyPauseUs: SECOND_US / 2,
  absentRetryUs: 10 * SECOND_US,
  failedRetryUs: SECOND_US,
  identityAgeUs: 10 * SECOND_US,
  enablesCheckUs: SECOND_US,
  panicOperation: "string",
  panicTiming: {
    kcs: {
      ...KCS_TIMING,
      inputTimeoutUs: 2_500 * MILLISECOND_US,
      outputTimeoutUs: SECOND_US,
      patience: PANIC_PATIENCE,
      transactionUs: PANIC_US,
    },
    smic: {
      ...SMIC_TIMING,
      inputTimeoutUs: 2_500 * MILLISECOND_US,
      outputTimeoutUs: SECOND_US,
      patience: PANIC_PATIENCE,
      transactionUs: PANIC_US,
    },
    bt: {
      ...BT_TIMING,
      // The BMC may well have stated more; to send again before that is of no use.
      requestToResponseUs: 2_500 * MILLISECOND_US,
      retries: 0,
      warmResetPauseUs: 0,
      sequences: PANIC_SEQUENCES,
      transactionUs: PANIC_US,
    },
    ssif: {
      ...SSIF_TIMING,
      silencesMax: PANIC_PATIENCE.silencesMax,
      inputTimeoutUs: 2_500 * MILLISECOND_US,
      outputTimeoutUs: SECOND_US,
      transactionUs: PANIC_US,
    },
    opal: {
      ...OPAL_TIMING,
      patience: PANIC_PATIENCE,
      outputTimeoutUs: SECOND_US,
      transactionUs: PANIC_US,
    },
  },
  panicUs: PANIC_US,
  nextId: undefined,
};

/** What a user may ask for at most, so that every answer comes within a bound. */
export const IPMB_RETRIES_MAX = 20;
export const IPMB_RETRY_TIME_MS_MAX = 60_000;

/** Room for the scheduler to be late, and for the last poll. */
const SLACK_US = SECOND_US + POLL_MAX_US;

/**
 * Within which time an accepted request to the BMC itself is answered, whatever the BMC does: it
 * waits, and then it is on the wire, where its recoveries count.
 */
export function answerBoundUs(kind: HostWire["kind"], options: HostOptions = HOST_OPTIONS): number {
  return options.queueLimitUs + transactionUs(kind, options.timing) + SLACK_US;
}

/** Within which time a panic is over, whatever the BMC does. */
export function panicBoundUs(options: HostOptions = HOST_OPTIONS): number {
  return options.panicUs + PANIC_POLL_MAX_US;
}

/** How long an answer takes at most for a request on IPMB, which is sent `retries` times more. */
export function ipmbAnswerBoundUs(
  kind: HostWire["kind"],
  options: HostOptions = HOST_OPTIONS,
  retries: number = options.ipmbRetries,
  retryTimeMs: number = options.ipmbMaintenanceRetryTimeMs,
): number {
  return (1 + retries) * (answerBoundUs(kind, options) + retryTimeMs * 1_000);
}
