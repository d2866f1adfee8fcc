import type { EventOf, TraceEvent } from "../../trace/events.ts";
import type { TraceHead } from "../../trace/head.ts";

/** A trace, in memory. */
export interface WholeTrace {
  readonly head: TraceHead;
  readonly events: readonly TraceEvent[];
}

/** What a face shows of KCS's registers, and where nothing is known. */
export type HostStep = EventOf<"host.read"> | EventOf<"host.write"> | EventOf<"gap">;
export type BmcStep =
  | EventOf<"bmc.read">
  | EventOf<"bmc.write">
  | EventOf<"bmc.status">
  | EventOf<"gap">;

/** What the host did at its face; of what else its trace tells, the other knows nothing. */
export function hostSteps({ events }: WholeTrace): HostStep[] {
  return events.filter((each): each is HostStep => {
    return each.e === "host.read" || each.e === "host.write" || each.e === "gap";
  });
}

/** The same of the BMC. */
export function bmcSteps({ events }: WholeTrace): BmcStep[] {
  return events.filter((each): each is BmcStep => {
    const { e } = each;
    return e === "bmc.read" || e === "bmc.write" || e === "bmc.status" || e === "gap";
  });
}

/** A byte on its way to the BMC: which step it was, when, and its value, with C/D#. */
export interface Byte {
  readonly step: number;
  readonly t: number;
  readonly token: number;
}

/** What the host wrote. */
export function written(steps: readonly HostStep[]): Byte[] {
  return steps.flatMap((each, step): Byte[] => {
    if (each.e !== "host.write") return [];
    return [{ step, t: each.t, token: tokenOf(each.reg === "command", each.value) }];
  });
}

/** What the BMC took. */
export function taken(steps: readonly BmcStep[]): Byte[] {
  return steps.flatMap((each, step): Byte[] => {
    if (each.e !== "bmc.read") return [];
    return [{ step, t: each.t, token: tokenOf(each.command, each.value) }];
  });
}

function tokenOf(command: boolean, value: number): number {
  return command ? 0x100 | value : value;
}
