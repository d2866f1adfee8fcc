import type { RequestAccepted } from "../../../trace/events.ts";
import { SsifCommand } from "../../../wire/ssif/protocol.ts";
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
    instead: "The host writes the bytes of the request in their order, the same ones in each try.",
    observable: true,
    automaton: putsTogether,
  },
];

/** NetFn with LUN, and command. */
const HEAD_BYTES = 2;
/** So many bytes are told; where more differ, they are others altogether. */
const TOLD_MAX = 4;

/** A driver need not say whose request it sends: each that has this length and name may be it. */
function putsTogether({ host, requests, report }: SsifContext) {
  return {
    hostBlock: (block: BusBlock) => {
      if (!endsSeveral(block)) return;
      const { request } = host.transfer;
      const differences = [...requests.byId.values]
        .filter((each) => isNamed(each.request, request))
        .map((each) => differing(each.request.data, request))
        .sort((a, b) => a.length - b.length);
      const [least] = differences;
      if (least === undefined || least.length === 0) return;
      const what = `${transferText(host.transfer)}, ${request.length} bytes`;
      report(`${what}: ${least.slice(0, TOLD_MAX).join(", ")}`);
    },
  };
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
