/**
 * Writes a match down as somebody else would have: the lab's own traces, in the formats that evidence
 * comes in. So the readers have texts of any length, of which it is known what they say.
 */
import { onInterface, readScenario, runStackMatch } from "../../src/lab/index.ts";
import type { TraceEvent } from "../../src/trace/events.ts";
import type { TraceHead } from "../../src/trace/head.ts";
import { Recorder } from "../../src/trace/index.ts";
import type { InterfaceKind, InterfaceOn } from "../../src/wire/interface.ts";
import { Status } from "../../src/wire/kcs/protocol.ts";
import { ASPEED_KCS } from "../../src/wire/registers/chips.ts";
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

/** Where registers are in memory, and how wide the accesses to them. */
export interface Mapping {
  readonly base: number;
  readonly spacing: number;
  readonly width: 8 | 16 | 32 | 64;
}

/** The host's accesses as the tracepoints of memory-mapped registers tell them: before each and after it. */
export function asRwmmio({ head, events }: Match, { base, spacing, width }: Mapping): string[] {
  const layout = REGISTER_LAYOUTS[head.interface as InterfaceOn<"registers">];
  const letter = { 8: "intf_mem_%b", 16: "mem_%w", 32: "mem_%l", 64: "mem_%q" }[width];
  return events.flatMap((event) => {
    if (event.e !== "host.read" && event.e !== "host.write") return [];
    const reads = event.e === "host.read";
    const offset = (reads ? layout.read : layout.written)[event.reg] ?? 0;
    const by = `kcs_event+0x24/0x980 [ipmi_si] -> ${letter.replace("%", reads ? "in" : "out")}`;
    const address = `addr=0xffff800008${(base + offset * spacing).toString(16).padStart(6, "0")}`;
    const value = `val=${hex(event.value)}`;
    const say = (step: string, what: string) =>
      line(event.t, `rwmmio_${step}: ${by}+0x14/0x40 [ipmi_si] width=${width} ${what}`);
    return reads
      ? [say("read", address), say("post_read", `${value} ${address}`)]
      : ["write", "post_write"].map((step) => say(step, `${value} ${address}`));
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

/** The BMC's side of the bus, as the tracepoint of an I2C target tells it. */
export function asI2cSlave({ events }: Match): string[] {
  let gave = false;
  let reads = false;
  const lines: string[] = [];
  for (const [at, event] of events.entries()) {
    if (event.e !== "bmc.bus") continue;
    const { op, value, outcome, t } = event;
    const say = (step: string, byte?: number) => {
      const ret = outcome === "nack" && op !== "read" ? -16 : 0;
      const bytes = byte === undefined ? "" : byteText(byte);
      lines.push(line(t, `i2c_slave: i2c-1 a=010 ret=${ret} ${step} [${bytes}]`));
    };
    if (op === "stop") say("  STOP");
    else if (op === "write") say("WR_RCV", value);
    else if (op === "read") {
      if (gave) say("RD_PRO", value);
      gave = true;
    } else {
      reads = (value & 1) !== 0;
      // The first byte is asked for with the address.
      const first = events.slice(at).find((each) => each.e === "bmc.bus" && each.op === "read");
      gave = false;
      if (reads) say("RD_REQ", first?.e === "bmc.bus" ? first.value : 0);
      else say("WR_REQ");
    }
  }
  return lines;
}

/** The BMC's accesses to channel 3 of an ASPEED chip, as its register map's tracepoints tell them. */
export function asRegmap({ events }: Match): string[] {
  let status = 0;
  return events.flatMap((event) => {
    const access = (what: string, offset: number, value: number) => {
      const at = `lpc@0x1e789000 reg=${offset.toString(16)} val=${value.toString(16)}`;
      return line(event.t, `regmap_reg_${what}: ${at}`);
    };
    const { input, output, status: str } = ASPEED_KCS[3];
    switch (event.e) {
      case "bmc.read": {
        const seen = status | Status.Ibf | (event.command ? Status.Cd : 0);
        const command = event.command ? seen : seen & ~Status.Cd;
        return [access("read", str, command), access("read", input, event.value)];
      }
      case "bmc.write":
        return [access("write", output, event.value)];
      case "bmc.status": {
        // The driver reads it, puts its own bits in, and writes it.
        const hardware = Status.Ibf | Status.Obf | Status.Cd;
        const before = (status & ~hardware) | (event.status & hardware);
        status = event.status;
        return [access("read", str, before), access("write", str, event.status)];
      }
      default:
        return [];
    }
  });
}

/** A line of tracefs as perf prints it, and as trace-cmd does: they know addresses, and no functions. */
export function asOtherTool(line: string, tool: "perf script" | "trace-cmd"): string {
  const found = /^ *(\S+)-(\d+) +(\[\d+\]) \S+ +(\S+): (\w+): (.*)$/.exec(line);
  if (found === null) return line;
  const [, task, pid, cpu, at, name, body = ""] = found;
  const bare = body
    .replace(/\(\S+ \[ipmi_si\] <- \w+\)/, "(ffffffffc02a1024 <- ffffffffc02a1000)")
    .replace(/\(port_\S+ \[ipmi_si\]\)/, "(ffffffffc02a1000)");
  return tool === "perf script"
    ? `${task} ${pid} ${cpu} ${at}: baseboard:${name}: ${bare}`
    : `${task}-${pid} ${cpu} ${at}: ${name}:                 ${bare}`;
}

/** The host's doings as rows of the CSV that docs/evidence.md specifies. */
export function asCsv(match: Match): string[] {
  const head = "us,what,block,offset,value";
  if (match.head.interface === "ssif") {
    const rows = transactionsOf(match).flatMap(({ atUs, address, messages, ended }) => {
      if (ended !== "done" && ended !== "refused") return [];
      const words = messages.map(({ read, bytes }) => {
        return `${read ? "R" : "W"}${bytes.map(byteText).join("")}`;
      });
      const value = [...words, ...(ended === "done" ? [] : [ended])].join(" ");
      return [`${atUs},bus,0,${address},${value}`];
    });
    return [head, ...rows];
  }
  const { interface: kind } = match.head;
  if (kind === "opal") throw new Error("the match has registers");
  const layout = REGISTER_LAYOUTS[kind];
  const rows = match.events.flatMap((event) => {
    if (event.e !== "host.read" && event.e !== "host.write") return [];
    const [what, its] = event.e === "host.read" ? ["read", layout.read] : ["write", layout.written];
    return [`${event.t},${what},ca2,${its[event.reg] ?? 0},${hex(event.value)}`];
  });
  return [head, ...rows];
}

/** The bus's conditions as sigrok-cli prints them, a sample a µs. */
export function asSigrok({ events }: Match): string[] {
  let begun = false;
  return [
    "# samplerate: 1000000",
    ...events.flatMap((event) => {
      if (event.e !== "host.bus") return [];
      const { op, value, outcome, t } = event;
      const say = (what: string) => `${t}-${t + 1} i2c-1: ${what}`;
      const way = (value & 1) === 0 ? "write" : "read";
      const ack = say(outcome === "ack" ? "ACK" : "NACK");
      const text = (byte: number) => byteText(byte).toUpperCase();
      const again = begun;
      begun = op !== "stop";
      if (op === "stop") return [say("Stop")];
      if (op !== "start") return [say(`Data ${op}: ${text(value)}`), ack];
      const start = say(again ? "Start repeat" : "Start");
      return [start, say(`Address ${way}: ${text(value >> 1)}`), ack];
    }),
  ];
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
