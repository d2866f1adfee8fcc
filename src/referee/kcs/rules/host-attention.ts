import { NetFn } from "../../../ipmi/command-table.ts";
import { Status } from "../../../wire/kcs/protocol.ts";
import { comesBack } from "../../common/comes-back.ts";
import { isFetch } from "../../common/waiting.ts";
import { beginsAnew, hex, seconds, transferText } from "../../text.ts";
import type { KcsAutomaton, KcsContext, KcsRule } from "../observer.ts";

/** How the host heeds the BMC's attention. */
export const hostAttention: readonly KcsRule[] = [
  {
    id: "KCS-46",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §9.20",
    sentence: "At IDLE the host looks at SMS_ATN and, if it is 1, fetches the message flags.",
    observable: true,
    automaton: heedsAttention,
  },
  {
    id: "KCS-47",
    party: "host",
    severity: "note",
    section: "IPMI 2.0 §9.20, §22.1",
    sentence: "The host reads the BMC's global enables before it writes them.",
    observable: true,
    automaton: ({ report }) => {
      let known = false;
      return {
        transfer: (transfer) => {
          if (transfer.succeeds(NetFn.App, GET_GLOBAL_ENABLES)) known = true;
          if (transfer.netFn !== NetFn.App || transfer.cmd !== SET_GLOBAL_ENABLES) return;
          if (!known) report(`set to ${hex(transfer.request.at(2))} and never read before`);
          known = true;
        },
        bmcLife: ({ what }) => {
          if (beginsAnew(what)) known = false;
        },
      };
    },
  },
  {
    id: "KCS-48",
    party: "host",
    severity: "note",
    section: "IPMI 2.0 §9.20",
    sentence: "The host goes on after a time even if the interrupt that it awaits is lost.",
    observable: true,
    automaton: (context) => comesBack(context, true),
  },
];

const SET_GLOBAL_ENABLES = 0x2e;
const GET_GLOBAL_ENABLES = 0x2f;

/**
 * Transfers for others that may pass while SMS_ATN is up. The specification sets no limit; a driver
 * that first finds out who its BMC is and what its sixteen channels are needs some thirty.
 */
const HEED_TRANSFERS_MAX = 32;
/** A host may leave an attention that is of no use alone for so long. */
const HEED_WAIT_US = 1_000_000;

/** A host that crashes has its own last words to say, and listens to nothing any more. */
function heedsAttention({ report }: KcsContext): KcsAutomaton {
  let unheeded = 0;
  let sinceUs = 0;
  let crashes = false;
  const heeded = (): void => {
    unheeded = 0;
  };
  return {
    transfer: (transfer) => {
      const up = transfer.complete && (transfer.endStatus & Status.SmsAtn) !== 0;
      if (!up || crashes || isFetch(transfer.netFn, transfer.cmd)) return heeded();
      if (unheeded === 0) sinceUs = transfer.endUs;
      unheeded++;
      const us = transfer.endUs - sinceUs;
      if (unheeded <= HEED_TRANSFERS_MAX || us < HEED_WAIT_US) return;
      const last = transferText(transfer);
      report(`SMS_ATN was 1 after each of ${unheeded} transfers in ${seconds(us)}, last ${last}`);
      heeded();
    },
    hostStatus: ({ value }) => {
      if (unheeded > 0 && (value & Status.SmsAtn) === 0) unheeded = 0;
    },
    hostLife: ({ what }) => {
      heeded();
      if (what === "panic" || what === "start") crashes = what === "panic";
    },
  };
}
