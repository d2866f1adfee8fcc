import type { TraceEvent } from "../../../src/trace/events.ts";
import type { InterfaceKind } from "../../../src/wire/interface.ts";
import { REGISTER_LAYOUTS } from "../../../src/wire/registers/layouts.ts";

const TRACED = /^\s*\S.*-\d+ +\[\d+\] \S+ +\d+\.\d+: (\w+): (.*)$/;
const READ_BEGINS = /off=(\w+)/;
const READ_ENDS = /val=(\w+)/;
const WRITTEN = /off=(\w+) val=(\w+)/;
const BLOCK = /c=(\w+) BLOCK_DATA l=\d+ \[([0-9a-f-]*)\]/;
const RESULT = /c=(\w+) BLOCK_DATA (wr|rd) res=(-?\d+)/;

/**
 * What a capture tells, an access or a whole transaction each, in words that `tappedAccesses` has, too.
 * For comparing the two only: there is one interface, and nothing is lost.
 */
export function capturedAccesses(lines: readonly string[]): readonly string[] {
  const accesses: string[] = [];
  let register = NaN;
  let block = "";
  for (const line of lines) {
    const [, name = "", text = ""] = TRACED.exec(line) ?? [];
    if (name.startsWith("r_")) register = Number(READ_BEGINS.exec(text)?.[1]);
    if (name.startsWith("v_")) accesses.push(`r${register}=${hexOf(READ_ENDS.exec(text)?.[1])}`);
    if (name.startsWith("w_")) {
      const [, offset, value] = WRITTEN.exec(text) ?? [];
      accesses.push(`w${Number(offset)}=${hexOf(value)}`);
    }
    if (name === "smbus_read") block = "";
    if (name === "smbus_write" || name === "smbus_reply") block = BLOCK.exec(text)?.[2] ?? "";
    if (name !== "smbus_result") continue;
    const [, command = "", way = "", result] = RESULT.exec(text) ?? [];
    accesses.push(`${way} ${command} ${result === "0" ? block : "failed"}`);
  }
  return accesses;
}

/** What our own tap at the host's face of the wire saw, in the same words. */
export function tappedAccesses(
  events: readonly TraceEvent[],
  kind: InterfaceKind,
): readonly string[] {
  return kind === "ssif" ? tappedTransactions(events) : tappedRegisters(events, kind);
}

function tappedRegisters(
  events: readonly TraceEvent[],
  kind: Exclude<InterfaceKind, "ssif">,
): readonly string[] {
  const { read, written } = REGISTER_LAYOUTS[kind];
  return events.flatMap((event) => {
    if (event.e === "host.read") return [`r${read[event.reg]}=${hex(event.value)}`];
    if (event.e === "host.write") return [`w${written[event.reg]}=${hex(event.value)}`];
    return [];
  });
}

/** A transaction is over at its stop; the start in its middle is that of a read. */
function tappedTransactions(events: readonly TraceEvent[]): readonly string[] {
  const transactions: string[] = [];
  let written: number[] = [];
  let taken: number[] = [];
  let reads = false;
  let failed = false;
  for (const event of events) {
    if (event.e !== "host.bus") continue;
    if (event.op === "start") reads = (event.value & 1) === 1;
    if (event.op === "write") written.push(event.value);
    if (event.op === "read") taken.push(event.value);
    // The last byte of a read is not acknowledged: so the target knows that it is the last.
    failed ||= event.outcome !== "ack" && event.op !== "read";
    if (event.op !== "stop") continue;
    const [command = NaN, ...bytes] = written;
    const [count = 0, ...block] = reads ? taken : bytes;
    // What follows is the PEC, which the tracepoints do not show.
    const text = [count, ...block.slice(0, count)].map(hex).join("-");
    transactions.push(`${reads ? "rd" : "wr"} ${command} ${failed ? "failed" : text}`);
    [written, taken, reads, failed] = [[], [], false, false];
  }
  return transactions;
}

function hexOf(text: string | undefined): string {
  return hex(Number(text));
}

function hex(value: number): string {
  return value.toString(16).padStart(2, "0");
}
