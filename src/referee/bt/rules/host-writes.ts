import { NetFn } from "../../../ipmi/command-table.ts";
import { coldReset, warmReset } from "../../../ipmi/commands/app/device.ts";
import {
  BT_INPUT_LENGTH_MIN,
  BT_REQUEST_LENGTH_MIN,
  BtControl,
} from "../../../wire/bt/protocol.ts";
import type { HostWrite, On } from "../../automaton.ts";
import { RuleAutomaton } from "../../rule-automaton.ts";
import { hex, seconds } from "../../text.ts";
import type { Frame } from "../frame.ts";
import type { BtAutomaton, BtContext, BtRule } from "../observer.ts";
import type { BtTransfer } from "../open-transfers.ts";
import { frameText } from "../text.ts";
import { awaited, endsAll } from "./awaited.ts";

/** How the host gives the BMC its requests. */
export const hostWrites: readonly BtRule[] = [
  {
    id: "BT-01",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §11.7",
    sentence: "The host begins a request only when it has seen B_BUSY=0 and H2B_ATN=0.",
    instead: "The host reads BT_CTRL until B_BUSY and H2B_ATN are both 0, and then begins.",
    observable: true,
    automaton: beginsWhenFree,
  },
  {
    id: "BT-02",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §11.7",
    sentence: "The host clears its write pointer before the first byte of a request.",
    instead: "The host writes 1 to CLR_WR_PTR, and then the Length byte.",
    observable: true,
    automaton: ({ host, report }) => ({
      hostWriteData: () => {
        if (host.writing || host.written.bytes.length > 0) return;
        report("the first byte of a request was written without CLR_WR_PTR before it");
      },
    }),
  },
  {
    id: "BT-03",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §11.6.4",
    sentence: "The host sets H2B_ATN only after the whole request is in the FIFO.",
    instead: "The host writes Length and as many bytes as it says, and then sets H2B_ATN.",
    observable: true,
    automaton: (context) => new OffersWhole(context),
  },
  {
    id: "BT-04",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §11.1, §22.10",
    sentence:
      "Length is the number of bytes after it: 3 at least, and what the BMC said it takes at most.",
    instead:
      "The host writes as Length the number of bytes that follow, within what Get BT Interface " +
      "Capabilities allows.",
    observable: true,
    automaton: (context) => new RightLength(context),
  },
  {
    id: "BT-06",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §11.1, §11.3",
    sentence: "Seq, NetFn and Cmd together are unique among the requests under way.",
    instead: "The host takes a Seq that no request under way has with that NetFn and Cmd.",
    observable: true,
    automaton: (context) => new UniqueNames(context),
  },
  {
    id: "BT-07",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §22.10",
    sentence: "No more requests are under way than the BMC says that it takes.",
    instead: "The host waits for a response before it sends one request more.",
    observable: true,
    automaton: (context) => new AsksNoMore(context),
  },
  {
    id: "BT-08",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §11.6.4, §11.6.5",
    sentence: "Generic software leaves OEM0 and the OEM and reserved bits of INTMASK alone.",
    instead: "The host leaves those bits as they are.",
    observable: true,
    automaton: ({ report }) => ({
      hostWriteControl: ({ value }) => {
        if ((value & BtControl.Oem0) !== 0) report(`${hex(value)} was written to BT_CTRL`);
      },
      hostWriteMask: ({ value }) => {
        if ((value & FOREIGN_MASK_BITS) !== 0) report(`${hex(value)} was written to INTMASK`);
      },
    }),
  },
  {
    id: "BT-09",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §11.4",
    sentence: "A request is sent again only when the BMC's time for an answer has run out.",
    instead:
      "The host waits out the BMC's request-to-response time, and then sends the request again.",
    observable: true,
    automaton: (context) => new RepeatsInTime(context),
  },
];

class UniqueNames extends RuleAutomaton<BtContext> {
  tag = 0;

  hostWriteControl({ tag }: HostWrite): void {
    this.tag = tag;
  }

  offered(frame: Frame): void {
    const open = openTwin(this.host, frame);
    if (open === undefined || isRepeated(open, frame, this.tag)) return;
    // Who resets the BMC once more waits no longer for an answer to the reset before.
    if (isReset(frame)) return;
    this.report(`${frameText(frame)} was sent while another one like it was under way`);
  }
}

class RepeatsInTime extends RuleAutomaton<BtContext> {
  nowUs = 0;
  tag = 0;

  hostWriteControl({ t, tag }: HostWrite): void {
    this.nowUs = t;
    this.tag = tag;
  }

  offered(frame: Frame): void {
    const open = openTwin(this.host, frame);
    // Before the BMC said how long it may take nobody knows.
    if (open === undefined || this.host.transfers.capabilities === undefined) return;
    const us = this.nowUs - open.sentUs;
    if (us >= open.patienceUs || !isRepeated(open, frame, this.tag)) return;
    this.report(`${frameText(frame)} was sent again after ${seconds(us)}`);
  }
}

/** INTMASK's OEM bits and its reserved ones. @see IPMI 2.0 §11.6.5 */
const FOREIGN_MASK_BITS = 0x7c;

const LENGTH_MAX = 255;

function beginsWhenFree({ host, report }: BtContext): BtAutomaton {
  return {
    hostWriteData: () => {
      if (host.written.bytes.length > 0) return;
      const busy = host.control & (BtControl.BBusy | BtControl.H2bAtn);
      if (!host.fresh) report("a request was begun without a look at BT_CTRL before it");
      else if (busy !== 0) report(`a request was begun with BT_CTRL at ${hex(host.control)}`);
    },
  };
}

class AsksNoMore extends RuleAutomaton<BtContext> {
  nowUs = 0;
  tag = 0;
  gaveUpUs = Number.NEGATIVE_INFINITY;

  hostLife(event: On<"hostLife">): void {
    if (endsAll(event)) this.gaveUpUs = event.t;
  }

  answer(event: On<"answer">): void {
    if (endsAll(event)) this.gaveUpUs = event.t;
  }

  hostWriteControl({ t, tag }: HostWrite): void {
    this.nowUs = t;
    this.tag = tag;
  }

  offered(frame: Frame): void {
    const { capabilities } = this.host.transfers;
    // One that is sent again is no other: BT-09 says when it may be.
    const twin = openTwin(this.host, frame);
    if (capabilities === undefined || (twin && isRepeated(twin, frame, this.tag))) return;
    const underWay = awaited(this.host.transfers, this.gaveUpUs, this.nowUs);
    const most = Math.max(capabilities.outstanding, 1);
    if (underWay < most) return;
    this.report(`a request was sent with ${underWay} under way; the BMC takes ${most}`);
  }
}

/** Only our own stack says what it is about to send. */
abstract class KnowsMessage extends RuleAutomaton<BtContext> {
  /** The bytes of the message that is sent; -1 not known. */
  messageBytes = -1;

  send({ message }: On<"send">): void {
    this.messageBytes = message.length;
  }

  /** All of the message is there, and Length alone speaks against it. */
  protected saysWrongLength(frame: Frame): boolean {
    const after = frame.bytes.length - 1;
    // Seq goes besides.
    return this.messageBytes !== -1 && after === this.messageBytes + 1 && after !== frame.length;
  }
}

class OffersWhole extends KnowsMessage {
  offered(frame: Frame): void {
    if (frame.whole || this.saysWrongLength(frame)) return;
    const { length } = frame.bytes;
    const wanted = length === 0 ? "no byte" : `${length} of ${frame.length + 1} bytes`;
    this.report(`H2B_ATN was set with ${wanted} written`);
  }
}

class RightLength extends KnowsMessage {
  offered(frame: Frame): void {
    const { bytes, length, whole } = frame;
    const said = this.host.transfers.capabilities?.inputMax ?? LENGTH_MAX;
    const most = Math.max(said, BT_INPUT_LENGTH_MIN);
    if ((whole && bytes.length > length + 1) || this.saysWrongLength(frame)) {
      this.report(`Length was ${length}, and ${bytes.length - 1} bytes came after it`);
    } else if (bytes.length > 0 && length < BT_REQUEST_LENGTH_MIN) {
      this.report(`Length was ${length}`);
    } else if (length > most) {
      this.report(`Length was ${length}; the BMC takes ${most} at most`);
    }
  }
}

/** A request under way that has the frame's triple. */
function isReset({ netFnLun, cmd }: Frame): boolean {
  return netFnLun >> 2 === NetFn.App && (cmd === coldReset.cmd || cmd === warmReset.cmd);
}

function openTwin(host: BtContext["host"], frame: Frame): BtTransfer | undefined {
  return host.transfers.find(frame.netFnLun, frame.seq, frame.cmd);
}

/** The frame is the very same request, by its bytes and by whose it is where that is known. */
function isRepeated(open: BtTransfer, frame: Frame, tag: number): boolean {
  if (tag !== 0 && open.tag !== 0 && tag !== open.tag) return false;
  if (open.request.length !== frame.length - 1) return false;
  for (let i = 2; i < open.request.length; i++) {
    if (open.request.at(i) !== frame.bytes.at(i + 2)) return false;
  }
  return true;
}
