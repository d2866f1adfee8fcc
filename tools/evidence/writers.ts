/**
 * Writes a match down as somebody else would have: the lab's own traces, in the formats that evidence
 * comes in. So the readers have texts of any length, of which it is known what they say.
 */
import { onInterface, readScenario, runStackMatch } from "../../src/lab/index.ts";
import type { TraceEvent } from "../../src/trace/events.ts";
import type { TraceHead } from "../../src/trace/head.ts";
import { Recorder } from "../../src/trace/index.ts";
import type { InterfaceKind, InterfaceOn } from "../../src/wire/interface.ts";
import { REGISTER_LAYOUTS } from "../../src/wire/registers/layouts.ts";

/** A trace, and how it is written down. */
export interface Match {
  readonly head: TraceHead;
  readonly events: readonly TraceEvent[];
}

/** A scenario, given as text, as our own stack plays it on that interface. */
export function playedMatch(text: string, name: string, kind: InterfaceKind): Match {
  const recorder = new Recorder();
  let head: TraceHead | undefined;
  runStackMatch(readScenario(onInterface(text, kind), name), {
    sinks: (of) => {
      head = of;
      return [recorder];
    },
  });
  if (head === undefined) throw new Error(`${name} was not played`);
  return { head, events: recorder.events };
}

/** The host's accesses as text of tracefs, by the probes that `baseboard capture` sets. */
export function asTracefs({ head, events }: Match, block = "io=0xffff888003a5c810"): string[] {
  const layout = REGISTER_LAYOUTS[head.interface as InterfaceOn<"registers">];
  return events.flatMap((event) => {
    const at = (us: number) => `${Math.floor(us / 1e6)}.${String(us % 1e6).padStart(6, "0")}`;
    const line = (us: number, rest: string) =>
      `     kworker/0:1-98      [000] d..1. ${at(us).padStart(12)}: ${rest}`;
    if (event.e === "host.read") {
      const offset = layout.read[event.reg] ?? 0;
      return [
        line(event.t, `r: (port_inb+0x0/0x20 [ipmi_si]) ${block} off=${offset}`),
        line(event.t, `rv: (kcs_event+0x24/0x980 [ipmi_si] <- port_inb) val=${hex(event.value)}`),
      ];
    }
    if (event.e === "host.write") {
      const offset = layout.written[event.reg] ?? 0;
      const value = hex(event.value);
      return [
        line(event.t, `w: (port_outb+0x0/0x20 [ipmi_si]) ${block} off=${offset} val=${value}`),
      ];
    }
    return [];
  });
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
