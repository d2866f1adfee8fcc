import { commandName } from "../../ipmi/command-table.ts";
import type { BmcLife } from "../../trace/events.ts";
import { Phase } from "../../wire/kcs/protocol.ts";
import { BmcState } from "../bmc-view.ts";
import { HostPhase } from "../host-view.ts";
import type { Transfer } from "../transfer.ts";

/** Pieces of the sentences in which automata tell what they saw. */

export function hex(value: number): string {
  return `${value.toString(16).toUpperCase().padStart(2, "0")}h`;
}

export function bytesText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

export function seconds(us: number): string {
  return `${(us / 1_000_000).toFixed(us < 1_000_000 ? 3 : 1)} s`;
}

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

const hostPhases: Record<HostPhase, string> = {
  [HostPhase.Idle]: "with no transfer in progress",
  [HostPhase.Start]: "after WRITE_START",
  [HostPhase.Data]: "in the write phase",
  [HostPhase.End]: "after WRITE_END",
  [HostPhase.Read]: "in the read phase",
  [HostPhase.Abort]: "after GET_STATUS/ABORT",
  [HostPhase.AbortRead]: "before the status code",
  [HostPhase.AbortEnd]: "after the status code",
};

export function hostPhaseText(phase: HostPhase): string {
  return hostPhases[phase];
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

/** The BMC begins anew: nothing that it owed before can be asked of it. */
export function beginsAnew(what: BmcLife["what"]): boolean {
  return what === "power-on" || what === "reset" || what === "away";
}

/** The transfer's command by name. */
export function transferText(transfer: Transfer): string {
  if (transfer.request.length < 2) return "a request too short to be one";
  return commandName(transfer.netFn, transfer.cmd);
}
