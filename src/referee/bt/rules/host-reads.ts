import { NetFn } from "../../../ipmi/command-table.ts";
import { BtControl, BtInterruptMask } from "../../../wire/bt/protocol.ts";
import { seconds } from "../../text.ts";
import { Taking } from "../host-view.ts";
import type { BtAutomaton, BtContext, BtRule } from "../observer.ts";
import { frameText } from "../text.ts";

/** How the host takes what the BMC gives, and heeds what it shows. */
export const hostReads: readonly BtRule[] = [
  {
    id: "BT-05",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §11.7",
    sentence:
      "A response is taken in order: H_BUSY, B2H_ATN cleared, CLR_RD_PTR, Length bytes, H_BUSY off.",
    observable: true,
    automaton: takesInOrder,
  },
  {
    id: "BT-10",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §11.3",
    sentence: "A response to no request under way is ignored, and not delivered.",
    observable: true,
    automaton: ignoresForeign,
  },
  {
    id: "BT-11",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §11.6.4",
    sentence: "The host clears SMS_ATN itself, since the BMC cannot.",
    observable: true,
    automaton: clearsAttention,
  },
  {
    id: "BT-12",
    party: "host",
    severity: "note",
    section: "IPMI 2.0 §11.7",
    sentence: "With several requests under way the host keeps looking at B2H_ATN and SMS_ATN.",
    observable: true,
    automaton: ({ host, report }) => ({
      pause: (us) => {
        const { length } = host.transfers.open;
        if (length > 1) report(`no look at BT_CTRL for ${seconds(us)} with ${length} under way`);
      },
    }),
  },
  {
    id: "BT-13",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §11.8",
    sentence: "A B_BUSY that lasts is no failure: the BMC may be busy for seconds, or minutes.",
    observable: true,
    automaton: bearsBusy,
  },
];

function takesInOrder({ host, faults, report }: BtContext): BtAutomaton {
  // What was under way as the host crashed is not taken to its end.
  let crashed = false;
  return {
    hostLife: ({ what }) => {
      if (what === "panic") crashed = host.taking !== Taking.Not;
    },
    hostWrite: ({ reg, value }) => {
      if (reg !== "control" || host.hBusy === -1 || faults.wireActive) return;
      const toggles = (value & BtControl.HBusy) !== 0;
      const clears = (value & host.control & BtControl.B2hAtn) !== 0;
      if (clears && host.hBusy === 0 && !toggles) report("B2H_ATN was cleared with H_BUSY=0");
      if (!toggles || host.taking !== Taking.Reading || host.read.whole) return;
      if (crashed) {
        crashed = false;
        return;
      }
      const { length } = host.read.bytes;
      const of = length === 0 ? "none" : `${length} of ${host.read.length + 1}`;
      report(`H_BUSY was cleared with ${of} of the response's bytes read`);
    },
    hostRead: ({ reg }) => {
      if (reg !== "data" || host.hBusy === -1 || faults.wireActive) return;
      if (host.taking !== Taking.Reading) report(`the FIFO was read ${MISSING[host.taking]}`);
      else if (host.read.whole) report(`more than the ${host.read.length + 1} bytes were read`);
    },
  };
}

/** What should have come before, by how far the host was. */
const MISSING: Record<Taking, string> = {
  [Taking.Not]: "without H_BUSY set",
  [Taking.Busy]: "before B2H_ATN was cleared",
  [Taking.Cleared]: "without CLR_RD_PTR before it",
  [Taking.Reading]: "in its time",
};

/** Only a stack that tells what it received shows it. */
function ignoresForeign({ host, report }: BtContext): BtAutomaton {
  let foreign = "";
  return {
    fetched: (frame) => {
      const owner = host.transfers.find(frame.netFnLun, frame.seq, frame.cmd);
      foreign = owner === undefined ? frameText(frame) : "";
    },
    received: ({ id }) => {
      if (foreign === "") return;
      report(`request ${id} was given the response ${foreign}, which answers nothing`);
      foreign = "";
    },
  };
}

/** A driver that asks for the flags for other reasons than attention does not clear it each time. */
const UNCLEARED_MAX = 3;
const GET_MESSAGE_FLAGS = 0x31;

function clearsAttention({ report }: BtContext): BtAutomaton {
  let asked = 0;
  let up = false;
  return {
    hostRead: ({ reg, value }) => {
      if (reg !== "control" || value === 0xff) return;
      up = (value & BtControl.SmsAtn) !== 0;
      if (!up) asked = 0;
    },
    hostWrite: ({ reg, value }) => {
      if (reg === "control" && (value & BtControl.SmsAtn) !== 0) asked = 0;
    },
    transfer: (transfer) => {
      if (!transfer.succeeds(NetFn.App, GET_MESSAGE_FLAGS) || !up) return;
      asked++;
      if (asked !== UNCLEARED_MAX) return;
      report(`the flags were read ${asked} times in a row, and SMS_ATN was never cleared`);
    },
    hostLife: () => {
      asked = 0;
    },
  };
}

/** A B_BUSY that lasts so long is a long one. */
const LONG_BUSY_US = 1_000_000;

function bearsBusy({ report }: BtContext): BtAutomaton {
  let sinceUs = -1;
  return {
    hostRead: ({ reg, value, t }) => {
      if (reg !== "control") return;
      const busy = (value & BtControl.BBusy) !== 0 && value !== 0xff;
      if (!busy) sinceUs = -1;
      else if (sinceUs === -1) sinceUs = t;
    },
    hostWrite: ({ reg, value, t }) => {
      if (sinceUs === -1 || t - sinceUs < LONG_BUSY_US) return;
      if (reg !== "intmask" || (value & BtInterruptMask.HardwareReset) === 0) return;
      report(`the BMC was reset after ${seconds(t - sinceUs)} of B_BUSY`);
    },
  };
}
