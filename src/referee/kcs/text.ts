import { Phase } from "../../wire/kcs/protocol.ts";
import { BmcState } from "./bmc-view.ts";

/** Pieces of sentences about KCS. */

export function bitsText(bits: number): string {
  switch (bits) {
    case Phase.Idle:
      return "IDLE";
    case Phase.Read:
      return "READ";
    case Phase.Write:
      return "WRITE";
    case Phase.Error:
      return "ERROR";
    default:
      return "unknown";
  }
}

const bmcStates: Record<BmcState, string> = {
  [BmcState.Unknown]: "in a state not known",
  [BmcState.Idle]: "with no transfer in progress",
  [BmcState.Start]: "after WRITE_START",
  [BmcState.Data]: "in the write phase",
  [BmcState.End]: "after WRITE_END",
  [BmcState.Executing]: "with a whole request",
  [BmcState.Reading]: "in the read phase",
  [BmcState.Error]: "in error",
  [BmcState.Abort]: "after GET_STATUS/ABORT",
  [BmcState.AbortRead]: "after the status code",
};

export function bmcStateText(state: BmcState): string {
  return bmcStates[state];
}
