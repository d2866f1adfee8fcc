import { NetFn } from "../../../ipmi/command-table.ts";
import { getBtInterfaceCapabilities } from "../../../ipmi/commands/app/system-interface.ts";
import { Cc } from "../../../ipmi/completion.ts";
import {
  BT_INPUT_LENGTH_MIN,
  BT_OUTPUT_LENGTH_MIN,
  BT_RESPONSE_LENGTH_MIN,
} from "../../../wire/bt/protocol.ts";
import type { HostRead, On } from "../../automaton.ts";
import { RuleAutomaton } from "../../rule-automaton.ts";
import { hex, seconds, transferText } from "../../text.ts";
import type { Frame } from "../frame.ts";
import type { BtAutomaton, BtContext, BtRule } from "../observer.ts";
import { frameText } from "../text.ts";

/** What the BMC gives, and what it says that it can. */
export const bmcResponses: readonly BtRule[] = [
  {
    id: "BT-24",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §11.2, §11.6.4",
    sentence: "B2H_ATN is set over a whole response, whose Length is 4 at least.",
    instead:
      "The BMC writes Length, 4 at least, and as many bytes as it says, and then sets B2H_ATN.",
    trusts: "the state",
    observable: true,
    automaton: ({ head, report }) => ({
      given: ({ bytes, length, whole }) => {
        if (bytes.length === 0) report("B2H_ATN was set, and no response had been written");
        else if (!whole)
          report(`B2H_ATN was set with ${bytes.length} of ${length + 1} bytes given`);
        else if (length < BT_RESPONSE_LENGTH_MIN) report(`the response's Length was ${length}`);
        else if (head.taps.bmc && bytes.length > length + 1) {
          report(`Length was ${length}, and ${bytes.length - 1} bytes came after it`);
        }
      },
    }),
  },
  {
    id: "BT-25",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §11.2",
    sentence: "A response has the Seq and Cmd of a request under way, and its NetFn plus one.",
    instead: "The BMC copies Seq and Cmd of the request, and adds one to its NetFn.",
    trusts: "the state",
    needs: ["the beginning"],
    observable: true,
    automaton: ({ bmc, report }) => ({
      given: (frame) => {
        if (!frame.named || !frame.whole) return;
        const { exchanges } = bmc;
        if (exchanges.answeredBy(frame) !== undefined) return;
        const isResponse = ((frame.netFnLun >> 2) & 1) === 1;
        if (!isResponse) return report(`a response came with NetFn ${hex(frame.netFnLun >> 2)}`);
        const past = exchanges.past(frame);
        if (past === "answered") report(`${frameText(frame)} was answered a second time`);
        if (past === "unknown") report(`a response came to ${frameText(frame)}, never asked`);
      },
    }),
  },
  {
    id: "BT-26",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §11.4",
    sentence: "No response is given after the request-to-response time that the BMC states.",
    instead:
      "The BMC discards a response that it could not give within its request-to-response time.",
    observable: true,
    automaton: (context) => new AnswersInTime(context),
  },
  {
    id: "BT-27",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §22.10, Appendix G",
    sentence: "A BMC with a BT interface has Get BT Interface Capabilities.",
    instead: "The BMC carries out Get BT Interface Capabilities.",
    trusts: "the transfer",
    observable: true,
    automaton: ({ report }) => ({
      exchange: (exchange) => {
        if (!exchange.answers(NetFn.App, getBtInterfaceCapabilities.cmd)) return;
        const { cc } = exchange;
        if (cc === 0xc1 || cc === 0xc2) report(`it was refused with ${hex(cc)}`);
      },
    }),
  },
  {
    id: "BT-28",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §6.13, §11.6.2, §22.10",
    sentence:
      "The BMC takes Length 41 and gives Length 39 at least, or what more it says, one request at a time, in 1 to 30 s.",
    instead:
      "The BMC takes and gives those lengths, serves one request at least, and states a time of " +
      "1 to 30 s.",
    observable: true,
    automaton: saneCapabilities,
  },
];

/** Before the BMC has said how long it may take, it has not promised anything. */
class AnswersInTime extends RuleAutomaton<BtContext> {
  nowUs = 0;

  hostRead(event: HostRead): void {
    this.#at(event);
  }

  bmcStatus(event: On<"bmcStatus">): void {
    this.#at(event);
  }

  given(frame: Frame): void {
    const { capabilities } = this.bmc.exchanges;
    if (capabilities === undefined || !frame.named) return;
    const open = this.bmc.exchanges.find(frame.netFnLun, frame.seq, frame.cmd);
    const statedUs = capabilities.requestToResponseUs;
    if (open === undefined) {
      if (this.bmc.exchanges.past(frame) !== "late") return;
      this.#late(frame, "when it had been given up", statedUs);
      return;
    }
    const us = this.bmc.exchanges.waitedUs(open, this.nowUs);
    if (us > statedUs) this.#late(frame, `after ${seconds(us)}`, statedUs);
  }

  #late(frame: Frame, when: string, statedUs: number): void {
    this.report(`${frameText(frame)} was answered ${when}; ${seconds(statedUs)} were stated`);
  }

  #at({ t }: { readonly t: number }): void {
    this.nowUs = t;
  }
}

const DATA_BYTES = 5;
const TIME_MAX_S = 30;

/** What it may say of a request that is too long. */
const TOO_LONG = Cc.RequestLengthExceeded;

function saneCapabilities({ bmc, head, report }: BtContext): BtAutomaton {
  return {
    exchange: (exchange) => {
      // What the application never read its interface has refused.
      const refused = head.taps.bmc && exchange.tag === 0 && exchange.answered;
      // In the frame there is Seq, too.
      const length = exchange.request.length + 1;
      const most = Math.max(bmc.exchanges.capabilities?.inputMax ?? 0, BT_INPUT_LENGTH_MIN);
      if (refused && exchange.cc === TOO_LONG && length <= most) {
        report(
          `${transferText(exchange)} of Length ${length} is too long, it said; it takes ${most}`,
        );
      }
      if (!exchange.succeeds(NetFn.App, getBtInterfaceCapabilities.cmd)) return;
      const bytes = exchange.response.length - 3;
      if (bytes < DATA_BYTES) return report(`it said ${bytes} of the ${DATA_BYTES} data bytes`);
      const [outstanding, input, output, time] = [0, 1, 2, 3].map((at) => exchange.data(at));
      if (outstanding === 0) report("it said that it takes no requests at a time");
      if ((input ?? 0) < BT_INPUT_LENGTH_MIN) report(`it said that it takes Length ${input}`);
      if ((output ?? 0) < BT_OUTPUT_LENGTH_MIN) report(`it said that it gives Length ${output}`);
      if (time === 0 || (time ?? 0) > TIME_MAX_S) report(`it said that it takes ${time} s`);
    },
  };
}
