import { Control, Phase } from "../../wire/kcs/protocol.ts";
import { hex } from "../text.ts";
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

/** What goes to Command, or the READ that goes to Data_In in the read phase, by its name. */
export function controlText(value: number): string {
  switch (value) {
    case Control.GetStatusAbort:
      return "GET_STATUS/ABORT";
    case Control.WriteStart:
      return "WRITE_START";
    case Control.WriteEnd:
      return "WRITE_END";
    case Control.Read:
      return "READ";
    default:
      return hex(value);
  }
}

/** A byte that the host wrote, by its name where the register gives it one. */
export function writtenText({ reg, value }: { reg: string; value: number }): string {
  return reg === "command" ? controlText(value) : hex(value);
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
