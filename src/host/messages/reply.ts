import { decodeResponse, responseNetFn } from "../../ipmi/message.ts";
import type { Maker } from "../../trace/events.ts";
import type { Outcome } from "../system-interface/transfer.ts";
import { LocalCc } from "./codes.ts";

const NO_DATA: Uint8Array = new Uint8Array(0);

/** What an outcome says to the one who asked. */
export interface Reply {
  readonly cc: number;
  readonly maker: Maker;
  /** After the completion code. */
  readonly data: Uint8Array;
  /** The request that the BMC answered by its own tag; 0 when it is unknown or none. */
  readonly tag: number;
}

export function localReply(cc: number, maker: Maker): Reply {
  return { cc, maker, data: NO_DATA, tag: 0 };
}

/**
 * Whatever came back, the question it is to answer decides: another NetFn or command is no answer
 * to it. @see IPMI 2.0 §5.1
 */
export function replyOf(question: { netFn: number; cmd: number }, outcome: Outcome): Reply {
  if (outcome.kind === "failure") return localReply(outcome.cc, outcome.maker);
  const { netFn, cmd, cc, data } = decodeResponse(outcome.message);
  const { tag } = outcome;
  if (netFn === responseNetFn(question.netFn) && cmd === question.cmd) {
    return { cc, maker: "bmc", data, tag };
  }
  return { cc: LocalCc.Malformed, maker: "host-handler", data: NO_DATA, tag };
}
