import { NetFn } from "../../../ipmi/command-table.ts";
import { setBmcGlobalEnables } from "../../../ipmi/commands/app/messaging.ts";
import { BLOCK_BYTES_MAX, SSIF_ADDRESS, SsifCommand } from "../../../wire/ssif/protocol.ts";
import type { On } from "../../automaton.ts";
import { ownResponse } from "../../common/own-response.ts";
import { RuleAutomaton } from "../../rule-automaton.ts";
import { bytesText, clearsEnables, hex, seconds } from "../../text.ts";
import type { Transfer } from "../../transfer.ts";
import { BmcState } from "../bmc-view.ts";
import type { BusBlock } from "../bus-block.ts";
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
    observable: true,
    automaton: (context) => (context.head.taps.bmc ? new Alerts(context) : {}),
  },
  {
    id: "SSIF-30",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §12.1",
    sentence:
      "The response to a request that the host gave up is thrown away, never given to the host.",
    observable: true,
    automaton: ownResponse,
  },
  {
    id: "SSIF-29",
    party: "bmc",
    severity: "note",
    section: "SMBus 2.0 §3.1.1.3",
    sentence: "A BMC may let go of a clock that it held for 25 to 35 ms.",
    observable: false,
    why: "it is an option, so there is nothing to break",
  },
];

class KeepsBusUsable extends RuleAutomaton<SsifContext> {
  changes = 0;

  hostBus({ op, outcome }: On<"hostBus">): void {
    const disturbed = this.faults.wireActive || this.faults.wireChanges !== this.changes;
    this.changes = this.faults.wireChanges;
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
      report(`it read ${bytesText(message)}, of which not all parts were right`);
    },
  };
}

const RESPONSE_ALERT = 0x01;

class Alerts extends RuleAutomaton<SsifContext> {
  pulled = false;
  enabled = false;
  enabling = false;

  bmcAlert({ level }: On<"bmcAlert">): void {
    this.pulled = level === 1;
  }

  exchange(exchange: Transfer): void {
    if (exchange.succeeds(NetFn.App, setBmcGlobalEnables.cmd)) {
      this.enabled = (exchange.request.at(2) & RESPONSE_ALERT) !== 0;
    }
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
