import { commandInfo, NetFn } from "../../ipmi/command-table.ts";
import { coldReset, getDeviceId } from "../../ipmi/commands/app/device.ts";
import { REQUEST_BYTES_SUPPORTED } from "../../ipmi/message.ts";
import type { HostRead, HostWrite, On } from "../automaton.ts";
import type { CommonRule } from "../rule.ts";
import { RuleAutomaton } from "../rule-automaton.ts";
import { codeText, hex, messageText, seconds, transferText } from "../text.ts";
import type { Transfer } from "../transfer.ts";
import { KnowsBusy } from "./busy.ts";

/** What a response must be, whatever the command. */
export const responses: readonly CommonRule[] = [
  {
    id: "GEN-01",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §5.1, §9.3",
    sentence: "The response carries the request's NetFn plus one, its LUN and its command.",
    instead: "The BMC copies the LUN and the command of the request, and adds one to its NetFn.",
    shows: "an effect",
    observable: true,
    automaton: ({ report }) => ({
      exchange: (exchange) => {
        if (!exchange.complete || exchange.request.length < 2) return;
        const first = exchange.request.at(0) | 0x04;
        const { response } = exchange;
        if (response.at(0) === first && response.at(1) === exchange.cmd) return;
        const got = messageText(response.copy());
        const wanted = `${hex(first)} ${hex(exchange.cmd)}`;
        report(
          `${transferText(exchange)} was answered with ${got}, which does not begin ${wanted}`,
        );
      },
    }),
  },
  {
    id: "GEN-02",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §5.2, §9.3",
    sentence: "Every request but Cold Reset gets a response, and it carries a completion code.",
    instead:
      "The BMC gives a response, with a completion code behind the command, even if that is all " +
      "it has to say.",
    trusts: "the transfer",
    shows: "an effect",
    observable: true,
    automaton: (context) => new EveryRequestAnswered(context),
  },
  {
    id: "GEN-03",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §5.2",
    sentence: "A request to a LUN that is not there gets an error code from that same LUN.",
    instead:
      "The BMC answers with an error code, such as C2h, from the LUN that the request went to.",
    trusts: "the transfer",
    shows: "an effect",
    observable: true,
    automaton: (context) => new AnswersEveryLun(context),
  },
  {
    id: "GEN-06",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §6.11",
    sentence: "Only the active BMC of a partition answers Get Device ID.",
    instead:
      "A BMC that is not the active one of its partition leaves Get Device ID to the one that " +
      "is.",
    observable: false,
    why: "one wire shows one BMC, and not whether it should be a standby one",
  },
  {
    id: "GEN-08",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §9.1, §19.3",
    sentence: "Mandatory commands are found at LUN 00b, and none at LUN 10b.",
    instead: "The BMC carries out mandatory commands at LUN 00b, and refuses them at LUN 10b.",
    trusts: "the transfer",
    observable: true,
    automaton: (context) => new MandatoryAtLunZero(context),
  },
  {
    id: "GEN-09",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §6.13",
    sentence: "A request of 40 bytes or less is not cut on its way through the interface.",
    instead: "The BMC's interface hands the whole request on, to its last byte.",
    observable: true,
    automaton: ({ report }) => ({
      exchange: (exchange) => {
        if (!exchange.answers(exchange.netFn, exchange.cmd) || exchange.cc !== 0xc6) return;
        const { length } = exchange.request;
        if (length > REQUEST_BYTES_SUPPORTED) return;
        report(`${transferText(exchange)} of ${length} bytes got C6h: data truncated`);
      },
    }),
  },
  {
    id: "MSG-02",
    party: "bmc",
    severity: "note",
    section: "IPMI 2.0 §5.2, Table 5-2",
    sentence: "Reserved completion codes are not used.",
    instead:
      "The BMC gives a generic code of Table 5-2, one of the command's own (80h to BEh) or an " +
      "OEM's (01h to 7Eh).",
    observable: true,
    automaton: ({ report }) => ({
      exchange: (exchange) => {
        if (!exchange.answers(exchange.netFn, exchange.cmd)) return;
        const { cc } = exchange;
        const reserved = cc === 0x7f || cc === 0xbf || (cc >= 0xd7 && cc <= 0xfe);
        if (reserved) report(`${transferText(exchange)} got ${codeText(cc)}`);
      },
    }),
  },
];

/** Before IPMI 1.0 less was mandatory: a BMC that says it is older is not held to this. */
class MandatoryAtLunZero extends RuleAutomaton {
  older = false;

  exchange(exchange: Transfer): void {
    if (!exchange.answers(exchange.netFn, exchange.cmd)) return;
    if (exchange.succeeds(NetFn.App, getDeviceId.cmd) && exchange.data(4) !== -1) {
      this.older = (exchange.data(4) & 0x0f) === 0;
    }
    if (exchange.lun === 2 && exchange.cc === 0) {
      this.report(`${transferText(exchange)} succeeded at LUN 10b`);
    }
    if (this.older || exchange.lun !== 0 || exchange.netFn !== NetFn.App) return;
    const refused = exchange.cc === 0xc1 || exchange.cc === 0xc2;
    if (!refused || commandInfo(exchange.netFn, exchange.cmd)?.mandatory !== true) return;
    this.report(`${transferText(exchange)}, which is mandatory, got ${codeText(exchange.cc)}`);
  }
}

class AnswersEveryLun extends KnowsBusy {
  exchange(exchange: Transfer): void {
    if (exchange.lun === 0 || exchange.request.length < 2) return;
    const from = exchange.response.at(0) & 3;
    if (this.unanswered(exchange) && !this.bmc.away) {
      this.report(`${toLunText(exchange)} got no response at all`, undefined, undefined, exchange);
    } else if (exchange.complete && from !== exchange.lun) {
      this.report(`${toLunText(exchange)} was answered from LUN ${from}`);
    }
  }
}

function toLunText(exchange: Transfer): string {
  return `${transferText(exchange)} to LUN ${exchange.lun}`;
}

/**
 * Told as the host gives up, before what the host then does: some read and write on as if the
 * byte had come, and that follows from this.
 */
class EveryRequestAnswered extends KnowsBusy {
  told = false;

  hostData(event: HostRead): void {
    this.#givesUp(event);
  }

  hostWrite(event: HostWrite): void {
    this.#givesUp(event);
  }

  hostBus(event: On<"hostBus">): void {
    this.#givesUp(event);
  }

  exchange(exchange: Transfer): void {
    if (this.unanswered(exchange)) this.#miss(exchange, exchange.endUs - exchange.sentUs);
    this.told = false;
    if (!exchange.complete || exchange.response.length >= 3) return;
    const got = messageText(exchange.response.copy());
    this.report(`${transferText(exchange)} was answered with no completion code: ${got}`);
  }

  #miss(transfer: Transfer, us: number): void {
    const { netFn, cmd } = transfer;
    const resets = netFn === NetFn.App && cmd === coldReset.cmd;
    if (this.told || resets || this.bmc.away) return;
    this.told = true;
    this.report(
      `${transferText(transfer)} got no response for ${seconds(us)}`,
      undefined,
      undefined,
      transfer,
    );
  }

  #givesUp({ t }: { readonly t: number }): void {
    const { host } = this;
    const us = host.waitsUs(t);
    if (us === -1) return;
    const { transfer } = host;
    if (us < transfer.patienceUs || !this.bmc.silent) return;
    if (us - this.busyUs(transfer) >= transfer.patienceUs) this.#miss(transfer, us);
  }
}
