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

/** A transaction of a trace, and how it ended: the byte that was refused, if one was. */
export interface Transaction {
  readonly atUs: number;
  endUs: number;
  address: number;
  readonly messages: { readonly read: boolean; readonly bytes: number[] }[];
  ended: "done" | "refused" | "refused inside" | "lost" | "timeout";
}

/** The transactions of a host on the bus. */
export function transactionsOf({ events }: Match): Transaction[] {
  const all: Transaction[] = [];
  let open: Transaction | undefined;
  for (const event of events) {
    if (event.e !== "host.bus") continue;
    const { op, value, outcome, t } = event;
    if (op === "start") {
      if (open === undefined) {
        open = { atUs: t, endUs: t, address: value >> 1, messages: [], ended: "done" };
        all.push(open);
      }
      open.messages.push({ read: (value & 1) !== 0, bytes: [] });
    }
    if (open === undefined) continue;
    if (op === "write" || op === "read") open.messages.at(-1)?.bytes.push(value);
    if (outcome === "lost" || outcome === "timeout") open.ended = outcome;
    const first = op === "start" && open.messages.length === 1;
    if (outcome === "nack" && op !== "read") open.ended = first ? "refused" : "refused inside";
    open.endUs = t;
    if (op === "stop" || outcome === "lost") open = undefined;
  }
  return all;
}

const RESULTS = { done: 0, refused: -6, "refused inside": -5, lost: -11, timeout: -110 } as const;

/** What the kernel's SMBus tracepoints say of each; `withPec`: the codes are the kernel's affair. */
export function asSmbus(of: readonly Transaction[], withPec: boolean, bus = "i2c-0"): string[] {
  return of.flatMap(({ atUs, endUs, address, messages, ended }) => {
    const [sent, came] = messages;
    const command = sent?.bytes[0] ?? 0;
    const data = (bytes: readonly number[]) => {
      const whole = bytes.slice(0, (bytes[0] ?? 0) + 1);
      return `l=${whole.length} [${whole.map(byteText).join("-")}]`;
    };
    const flags = withPec ? "0004" : "0000";
    const a = address.toString(16).padStart(3, "0");
    const head = `${bus} a=${a} f=${flags} c=${command.toString(16)} BLOCK_DATA`;
    const reads = sent?.bytes.length === 1;
    const result = `smbus_result: ${head} ${reads ? "rd" : "wr"} res=${RESULTS[ended]}`;
    const begin = reads
      ? `smbus_read: ${head}`
      : `smbus_write: ${head} ${data(sent?.bytes.slice(1) ?? [])}`;
    const reply =
      reads && ended === "done"
        ? [line(endUs, `smbus_reply: ${head} ${data(came?.bytes ?? [])}`)]
        : [];
    return [line(atUs, begin), ...reply, line(endUs, result)];
  });
}

/** What the kernel's I2C tracepoints say of each. */
export function asI2c(of: readonly Transaction[], bus = "i2c-0"): string[] {
  return of.flatMap(({ atUs, endUs, address, messages, ended }) => {
    const a = address.toString(16).padStart(3, "0");
    const bytes = (of: readonly number[]) => `l=${of.length} [${of.map(byteText).join("-")}]`;
    const asked = messages.map(({ read, bytes: its }, n) => {
      return read
        ? line(atUs, `i2c_read: ${bus} #${n} a=${a} f=0401 l=1`)
        : line(atUs, `i2c_write: ${bus} #${n} a=${a} f=0000 ${bytes(its)}`);
    });
    const came = messages.flatMap(({ read, bytes: its }, n) => {
      if (!read || ended !== "done") return [];
      return [line(endUs, `i2c_reply: ${bus} #${n} a=${a} f=0401 ${bytes(its)}`)];
    });
    const ret = ended === "done" ? messages.length : RESULTS[ended];
    const result = line(endUs, `i2c_result: ${bus} n=${messages.length} ret=${ret}`);
    return [...asked, ...came, result];
  });
}

function line(us: number, rest: string): string {
  const at = `${Math.floor(us / 1e6)}.${String(us % 1e6).padStart(6, "0")}`;
  return `     kworker/0:1-98      [000] d..1. ${at.padStart(12)}: ${rest}`;
}

function byteText(value: number): string {
  return value.toString(16).padStart(2, "0");
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
