import { MILLISECOND_US, SECOND_US } from "../../../time/scheduler.ts";
import { PATIENCE } from "../patience.ts";
import type { SsifAttentionTiming } from "./attention.ts";

/** How long SSIF waits for what, and how often it tries. @see IPMI 2.0 §12.17 */
export interface SsifTiming extends SsifAttentionTiming {
  /** From a write that failed to the next, at first and at most; each pause is twice the last. T6. */
  readonly writeRetryUs: number;
  readonly writeRetryMaxUs: number;
  /** A request is written so many times more before it is given up. C1. @see IPMI 2.0 §12.17 */
  readonly writeRetriesMin: number;
  /** How long the BMC may refuse a request. */
  readonly inputTimeoutUs: number;
  /** From a request to the first look for its response, if the BMC does not say that it is there. */
  readonly responseUs: number;
  /** From a read that failed to the next. T3. @see IPMI 2.0 §12.17 */
  readonly readRetryUs: number;
  /** How long the BMC may take to answer. */
  readonly outputTimeoutUs: number;
  /** How many responses to a request may be broken in transfer, or be another's. */
  readonly badResponsesMax: number;
  /** How long a request is sent again whose responses are of no use: so long a BMC may be in disorder. */
  readonly patienceUs: number;
  /** How often it is sent again when none came, or one without an end. */
  readonly silencesMax: number;
  /** From `begin` to Done or Failed, whatever the BMC does. */
  readonly transactionUs: number;
}

/** How SSIF is spoken when nothing is wrong with the host. */
export const SSIF_TIMING: SsifTiming = {
  writeRetryUs: 60 * MILLISECOND_US,
  writeRetryMaxUs: 250 * MILLISECOND_US,
  writeRetriesMin: 5,
  inputTimeoutUs: 5 * SECOND_US,
  responseUs: 5 * MILLISECOND_US,
  readRetryUs: 60 * MILLISECOND_US,
  outputTimeoutUs: 5 * SECOND_US,
  badResponsesMax: 5,
  patienceUs: PATIENCE.patienceUs,
  silencesMax: PATIENCE.silencesMax,
  attentionUs: 100 * MILLISECOND_US,
  alertRestUs: SECOND_US,
  transactionUs: 15 * SECOND_US,
};
