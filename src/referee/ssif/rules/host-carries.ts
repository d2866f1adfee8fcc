import type { RequestAccepted } from "../../../trace/events.ts";
import { SsifCommand } from "../../../wire/ssif/protocol.ts";
import type { On } from "../../automaton.ts";
import { RuleAutomaton } from "../../rule-automaton.ts";
import { hex, transferText } from "../../text.ts";
import type { Bytes } from "../../transfer.ts";
import type { BusBlock } from "../bus-block.ts";
import { isLastPart } from "../host-view.ts";
import type { SsifContext, SsifRule } from "../observer.ts";

/** Whether what goes over the bus is what the host's users asked for. */
export const hostCarries: readonly SsifRule[] = [
  {
    id: "SSIF-11",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §12.3",
    sentence:
      "The parts of a request, put together, are the request that was to be sent, also when they are written again.",
    observable: true,
    automaton: (context) => new PutsTogether(context),
  },
];

/** NetFn with LUN, and command. */
const HEAD_BYTES = 2;
/** So many bytes are told; where more differ, they are others altogether. */
const TOLD_MAX = 4;

/** A driver need not say whose request it sends: each that has this length and name may be it. */
class PutsTogether extends RuleAutomaton<SsifContext> {
  readonly waiting = new Map<number, RequestAccepted>();

  request(event: On<"request">): void {
    this.waiting.set(event.id, event);
  }

  refused({ id }: On<"refused">): void {
    this.waiting.delete(id);
  }

  answer({ id }: On<"answer">): void {
    this.waiting.delete(id);
  }

  hostBlock(block: BusBlock): void {
    if (!endsSeveral(block)) return;
    const { request } = this.host.transfer;
    const differences = [...this.waiting.values()]
      .filter((each) => isNamed(each, request))
      .map((each) => differing(each.data, request))
      .sort((a, b) => a.length - b.length);
    const [least] = differences;
    if (least === undefined || least.length === 0) return;
    const what = `${transferText(this.host.transfer)}, ${request.length} bytes`;
    this.report(`${what}: ${least.slice(0, TOLD_MAX).join(", ")}`);
  }
}

function endsSeveral(block: BusBlock): boolean {
  return (
    block.command !== SsifCommand.SinglePartWrite && block.end === "whole" && isLastPart(block)
  );
}

function isNamed({ netFn, lun, cmd, data }: RequestAccepted, sent: Bytes): boolean {
  const named = sent.at(0) === ((netFn << 2) | lun) && sent.at(1) === cmd;
  return named && sent.length === data.length + HEAD_BYTES;
}

/** The bytes of the data which were sent as others, each in words. */
function differing(data: Uint8Array, sent: Bytes): string[] {
  return [...data].flatMap((byte, at) => {
    const there = sent.at(at + HEAD_BYTES);
    return there === byte ? [] : [`data byte ${at} was sent as ${hex(there)}, not ${hex(byte)}`];
  });
}
