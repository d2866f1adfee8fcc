import { NetFn } from "../../../ipmi/command-table.ts";
import { getMessageFlags, setBmcGlobalEnables } from "../../../ipmi/commands/app/messaging.ts";
import { Cc } from "../../../ipmi/completion.ts";
import {
  BLOCK_BYTES_MAX,
  beginsRequest,
  SSIF_ADDRESS,
  SsifCommand,
} from "../../../wire/ssif/protocol.ts";
import type { On } from "../../automaton.ts";
import { ownResponse } from "../../common/own-response.ts";
import type { Dialogue } from "../../dialogue.ts";
import { type Command, isOf } from "../../dispatch.ts";
import { RuleAutomaton } from "../../rule-automaton.ts";
import { clearsEnables, hex, messageText, seconds } from "../../text.ts";
import type { Transfer } from "../../transfer.ts";
import { BmcState } from "../bmc-view.ts";
import type { BusBlock } from "../bus-block.ts";
import { isLastPart, isRequest } from "../host-view.ts";
import type { SsifAutomaton, SsifContext, SsifRule } from "../observer.ts";

/** What the BMC takes, and how it behaves on the bus. */
export const bmcBehaviour: readonly SsifRule[] = [
  {
    id: "SSIF-23",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §12.3",
    sentence:
      "A part that is broken, or out of place, is thrown away, and all further ones until the next start.",
    instead: "The BMC drops that part and each one after it, until a request begins anew.",
    observable: true,
    automaton: takesNothingBroken,
  },
  {
    id: "SSIF-24",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §12.17; SMBus 2.0 §3.1.1.3",
    sentence:
      "The BMC neither holds the clock for more than 25 ms nor refuses requests for as long as a host waits.",
    instead:
      "The BMC lets the clock go within 25 ms, and acknowledges a request before the host has " +
      "had all its tries.",
    shows: "an effect",
    observable: true,
    automaton: (context) => new KeepsBusUsable(context),
  },
  {
    id: "SSIF-26",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §12, §22.1; SMBus 2.0 Appendix A",
    sentence:
      "With alerts enabled SMBALERT# is pulled when a response is ready, and let go when the host has asked whose it is.",
    instead:
      "The BMC pulls SMBALERT# when the response is ready, and lets it go once the host has read " +
      "its address from the Alert Response Address.",
    observable: true,
    automaton: (context) => (context.head.taps.bmc ? new Alerts(context) : {}),
  },
  {
    id: "SSIF-34",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §12.3, §22.9",
    sentence:
      "A right part of a request, of the parts and the length that the BMC said it takes, is taken once its command was.",
    instead: "The BMC acknowledges each byte of the part, and keeps it for the request.",
    trusts: "the transfer",
    observable: true,
    automaton: (context) => new TakesRightParts(context),
  },
  {
    id: "SSIF-35",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §12, §22.1",
    sentence:
      "SMBALERT# is pulled as a message flag comes up of which the global enables say that the host is " +
      "to be told; if it stood for a response then, once more behind that.",
    instead:
      "The BMC pulls SMBALERT# as the flag becomes 1, or when the host has read the response for " +
      "which it was pulled.",
    observable: true,
    automaton: (context) => (context.head.taps.bmc ? new AlertsForAttention(context) : {}),
  },
  {
    id: "SSIF-30",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §12.1",
    sentence:
      "The response to a request that the host gave up is thrown away, never given to the host.",
    instead:
      "The BMC discards the old response as the new request begins, and gives only the one to " +
      "that.",
    observable: true,
    automaton: ownResponse,
  },
  {
    id: "SSIF-29",
    party: "bmc",
    severity: "note",
    section: "SMBus 2.0 §3.1.1.3",
    sentence: "A BMC may let go of a clock that it held for 25 to 35 ms.",
    instead: "The host begins the transfer anew once the clock is free.",
    observable: false,
    why: "it is an option, so there is nothing to break",
  },
];

class KeepsBusUsable extends RuleAutomaton<SsifContext> {
  changes = 0;

  hostBus({ op, outcome }: On<"hostBus">): void {
    const { faults } = this;
    const disturbed = faults.wireActive || faults.wireChanges !== this.changes;
    this.changes = faults.wireChanges;
    if (outcome !== "timeout" || disturbed) return;
    const at = op === "start" ? "at its address" : op === "stop" ? "at the STOP" : "at a byte";
    this.report(`the clock was held for too long ${at}`);
  }

  inputStuck(us: number): void {
    if (this.bmc.away || this.faults.wireActive) return;
    const sinceUs = this.host.lastAccessUs - us;
    this.report(`each request was refused for ${seconds(us)}`, undefined, sinceUs);
  }
}

/** A BMC that is busy says so at its address, or at the command; so often in a row it is no accident. */
const REFUSED_MAX = 2;

class TakesRightParts extends RuleAutomaton<SsifContext> {
  /** How often in a row a right part was refused in its midst. */
  inARow = 0;
  /** Bytes of the request that were taken. */
  length = 0;

  hostBlock(block: BusBlock): void {
    if (!isRequest(block)) return;
    const { command, count } = block;
    const begins = beginsRequest(command);
    if (begins) this.length = 0;
    if (block.end === "whole") {
      this.length += count;
      if (isLastPart(block)) this.inARow = 0;
      return;
    }
    const midst = block.refused === "count" || block.refused === "data";
    if (!midst || block.disturbed || this.bmc.away || !this.host.isRight(block, this.length))
      return;
    if (this.inARow++ < REFUSED_MAX) return;
    const where = block.refused === "count" ? "its count" : "a byte";
    this.report(
      `${hex(command)} with ${count} bytes was refused at ${where}, ${this.inARow} times`,
    );
  }

  bmcLife({ what }: On<"bmcLife">): void {
    if (what !== "flags" && what !== "sel") this.inARow = 0;
  }
}

/** What is wrong with a whole part that comes now; undefined: nothing. */
function wrongWith(state: BmcState, block: BusBlock): string | undefined {
  const { command, count } = block;
  if (block.extra > 1) return `${block.bytes.length} bytes came`;
  switch (command) {
    case SsifCommand.SinglePartWrite:
      return count < 2 || count > BLOCK_BYTES_MAX ? `${count} bytes in one part` : undefined;
    case SsifCommand.WriteStart:
      return count !== BLOCK_BYTES_MAX ? `a first part of ${count} bytes` : undefined;
    case SsifCommand.WriteMiddle:
    case SsifCommand.WriteEnd:
      if (state !== BmcState.Writing && state !== BmcState.Unknown) return "no request was begun";
      return count < 1 || count > BLOCK_BYTES_MAX ? `a part of ${count} bytes` : undefined;
    default:
      return undefined;
  }
}

/** By what it acknowledges, and by what its application reads then. */
function takesNothingBroken({ bmc, report }: SsifContext): SsifAutomaton {
  return {
    bmcBlock: (block) => {
      // A broken code may be known only when it is too late to refuse it.
      if (block.reads || block.end !== "whole" || (block.extra === 1 && block.badPec)) return;
      const wrong = wrongWith(bmc.state, block);
      if (wrong === undefined) return;
      report(`a block written with ${hex(block.command)} was taken, and ${wrong}`);
    },
    bmcRequest: ({ message }) => {
      if (bmc.state !== BmcState.Idle) return;
      report(`it read ${messageText(message)}, of which not all parts were right`);
    },
  };
}

const RESPONSE_ALERT = 0x01;
/** For a receive message and the pre-timeout, and for the event message buffer. @see IPMI 2.0 §22.1 */
const BY_RECEIVE = 0x09;
const EVENT_ALERT = 0x02;
const BY_EVENT = 0x02;
/** The BMC may take so long to say what it has. */
const SETTLE_US = 10_000;

/** By the BMC's own flags, from when there was nothing to alert of. */
class AlertsForAttention extends RuleAutomaton<SsifContext> {
  served = false;
  enables = 0;
  flags = 0;
  pulled = false;
  /** A flag came up while the line stood for a response. */
  besides = false;
  /** Since when an alert is due; -1 none is. */
  dueUs = -1;

  exchange(exchange: Transfer): void {
    this.#tellsBesides(exchange);
    if (!exchange.succeeds(NetFn.App, setBmcGlobalEnables.cmd)) return;
    this.enables = exchange.request.at(2);
    this.dueUs = -1;
  }

  bmcAlert({ level, t }: On<"bmcAlert">): void {
    this.#look(t);
    this.pulled = level === 1;
    if (this.pulled) this.dueUs = -1;
  }

  bmcRequest({ message, t }: On<"bmcRequest">): void {
    this.#look(t);
    // What it is about to change takes effect before its response.
    if (message[1] === setBmcGlobalEnables.cmd) this.enables = 0;
  }

  bmcResponse({ t }: On<"bmcResponse">): void {
    this.#look(t);
  }

  bmcLife(event: On<"bmcLife">): void {
    this.#look(event.t);
    const { what } = event;
    if (clearsEnables(what)) this.enables = 0;
    if (what === "daemon-opened") this.served = true;
    if (what !== "flags") {
      this.dueUs = -1;
      if (what === "daemon-closed" || what === "hang" || clearsEnables(what)) {
        this.served = false;
        this.besides = false;
      }
      return;
    }
    const before = this.#alerting;
    this.flags = event.flags;
    const rises = !before && this.#alerting;
    this.besides = this.#alerting && (this.besides || (rises && this.pulled));
    if (!this.#alerting || this.pulled || !this.served) this.dueUs = -1;
    else if (rises) this.dueUs = event.t;
  }

  end({ t }: On<"end">): void {
    this.#look(t);
  }

  /** A flag is set of which the host wants to be alerted. */
  get #alerting(): boolean {
    const receive = (this.enables & RESPONSE_ALERT) !== 0 ? BY_RECEIVE : 0;
    const event = (this.enables & EVENT_ALERT) !== 0 ? BY_EVENT : 0;
    return (this.flags & (receive | event)) !== 0;
  }

  /** The response was read, for which the host was alerted: a line that still stands is the flag's. */
  #tellsBesides({ netFn, cmd, endUs }: Transfer): void {
    const looks = netFn === NetFn.App && cmd === getMessageFlags.cmd;
    if (this.besides && !this.pulled && !looks && this.served) this.dueUs = endUs;
    this.besides = false;
  }

  #look(nowUs: number): void {
    if (this.dueUs === -1 || nowUs - this.dueUs <= SETTLE_US) return;
    const since = seconds(nowUs - this.dueUs);
    this.report(`the flags were ${hex(this.flags)} for ${since}, and no alert was given`);
    this.dueUs = -1;
  }
}

class Alerts extends RuleAutomaton<SsifContext> {
  pulled = false;
  enabled = false;
  enabling = false;

  bmcAlert({ level }: On<"bmcAlert">): void {
    this.pulled = level === 1;
  }

  concerns(command: Command): boolean {
    return isOf([setBmcGlobalEnables], command);
  }

  dialogue({ clear, cc, asked: [enables = 0] }: Dialogue): void {
    this.enabled = clear && cc === Cc.Ok && (enables & RESPONSE_ALERT) !== 0;
  }

  bmcRequest({ message }: On<"bmcRequest">): void {
    this.enabling = message[1] === setBmcGlobalEnables.cmd;
  }

  bmcResponse(): void {
    // The command that enables it may take effect before or after its own response.
    if (this.enabled && !this.enabling && !this.pulled)
      this.report("a response was ready, and no alert was given");
  }

  bmcLife({ what }: On<"bmcLife">): void {
    if (clearsEnables(what) || what === "daemon-opened") this.enabled = false;
  }

  alertResponse(value: number): void {
    if (!this.pulled || this.faults.wireActive || value >> 1 !== SSIF_ADDRESS) return;
    this.report("the host asked whose the alert is, and the line was not let go");
  }
}
