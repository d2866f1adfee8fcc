import { execFileSync, spawnSync } from "node:child_process";
import { appendFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { messagePacket } from "../../../src/evidence/pcap/hpm2.ts";
import { decodedMessage } from "../../../src/explain/message.ts";
import { NetFn } from "../../../src/ipmi/command-table.ts";
import { INTERFACES } from "../../../src/trace/head.ts";
import { exported } from "../../export/exports.ts";
import { catalogue, type Match } from "../../export/matches.ts";

// Programs that nobody here wrote read what is exported.

const OUTPUT_MAX = 1 << 30;
const LIMIT_MS = 600_000;
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "baseboard-exports-"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const FIELDS = [
  ...["frame.section_number", "ipmi.trace.dir", "ipmi.header.netfn", "ipmi.header.command"],
  ...["ipmi.header.completion", "_ws.malformed", "ipmi.trace.packet.type"],
];

/** A file's section, as Wireshark reads it. */
interface Section {
  /** Each message: `> 06 01`, `< 07 01 00`. */
  readonly messages: string[];
  /** How many of them it finds malformed. */
  malformed: number;
}

function dissected(file: string): readonly Section[] {
  const args = ["-o", "ipmi.dissect_bus_commands:TRUE", "-r", file, "-T", "fields"];
  const fields = FIELDS.flatMap((field) => ["-e", field]);
  const text = execFileSync("tshark", [...args, ...fields, "-E", "occurrence=f"], {
    encoding: "utf8",
    maxBuffer: OUTPUT_MAX,
    stdio: ["ignore", "pipe", "ignore"],
  });
  const sections: Section[] = [];
  for (const line of text.trimEnd().split("\n")) {
    const [section, direction, netFn, cmd, cc, malformed, type] = line.split("\t");
    const own = sections[Number(section) - 1] ?? { messages: [], malformed: 0 };
    sections[Number(section) - 1] = own;
    if (type !== "0") continue;
    // Of Get Chassis Capabilities Wireshark wants the last byte, which is optional. @see IPMI 2.0 §28.1
    if (malformed !== "" && `${netFn} ${cmd}` !== "0x01 0x00") own.malformed++;
    const words = [netFn, cmd, cc].map((each) => each?.replace("0x", "") ?? "");
    own.messages.push(`${direction === "1" ? ">" : "<"} ${words.join(" ").trim()}`);
  }
  return sections;
}

/** What the host's own interface code says that it got: each of it was on the wire. */
function received({ events }: Match): readonly string[] {
  return events.flatMap((event) => {
    if (event.e !== "received" || event.message.length < 3) return [];
    const [first = 0, cmd = 0, cc = 0] = event.message;
    // Of those there Wireshark wants the defining body first; and what has a request's NetFn is one to it.
    if (first >> 2 >= NetFn.GroupExtension || ((first >> 2) & 1) === 0) return [];
    // What the format has no room for is there as a line of text.
    if (messagePacket(event.message, event.t, false) === undefined) return [];
    return [
      `< ${[first >> 2, cmd, cc].map((each) => each.toString(16).padStart(2, "0")).join(" ")}`,
    ];
  });
}

/** Messages that may be malformed: the command does not fit, and all of a match with faults. */
function oddOnes({ events }: Match): number {
  if (events.some(({ e }) => e === "fault")) return Number.POSITIVE_INFINITY;
  return events.filter((event) => {
    if (event.e !== "send" && event.e !== "received") return false;
    const decoded = decodedMessage(event.message, event.e === "send" ? "request" : "response");
    return decoded === undefined || decoded.misfit !== undefined;
  }).length;
}

/** Those of `wanted` that are not in `all`, in this order. */
function missingFrom(all: readonly string[], wanted: readonly string[]): readonly string[] {
  let at = 0;
  return wanted.filter((each) => {
    const found = all.indexOf(each, at);
    if (found === -1) return true;
    at = found + 1;
    return false;
  });
}

test.each(INTERFACES)(
  "Wireshark reads every message of the catalogue's matches on %s, and GTKWave's converter takes the waves",
  (kind) => {
    const file = join(folder, `${kind}.pcapng`);
    writeFileSync(file, "");
    const matches: { name: string; wanted: readonly string[]; odd: number }[] = [];
    for (const match of catalogue(kind)) {
      // Several files, one behind the other, are one with as many sections.
      appendFileSync(file, exported("pcapng", match));
      expect(convertedBytes(match), match.name).toBeGreaterThan(500);
      matches.push({ name: match.name, wanted: received(match), odd: oddOnes(match) });
    }
    const sections = dissected(file);
    expect(sections).toHaveLength(matches.length);
    let messages = 0;
    for (const [index, { name, wanted, odd }] of matches.entries()) {
      const section = sections[index];
      expect(missingFrom(section?.messages ?? [], wanted), name).toEqual([]);
      expect(section?.malformed, name).toBeLessThanOrEqual(odd);
      messages += wanted.length;
    }
    expect(messages).toBeGreaterThan(1_000);
  },
  LIMIT_MS,
);

/** How much there is of a match's waves when GTKWave's converter has packed them. */
function convertedBytes(match: Match): number {
  const [vcd, fst] = [join(folder, "waves.vcd"), join(folder, "waves.fst")];
  rmSync(fst, { force: true });
  writeFileSync(vcd, exported("vcd", match));
  const { status, stderr } = spawnSync("vcd2fst", [vcd, fst], { encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return statSync(fst).size;
}

/** What the host's master did, as sigrok's decoder says it: a stop on an idle bus shows nowhere. */
function busOf({ events }: Match): readonly string[] {
  const words: string[] = [];
  for (const event of events) {
    if (event.e !== "host.bus") continue;
    const ack = event.outcome === "ack" ? "ACK" : "NACK";
    const read = (event.value & 1) === 1 ? "read" : "write";
    if (event.op === "start") words.push("Start", `Address ${read}: ${hex(event.value >> 1)}`, ack);
    else if (event.op !== "stop") words.push(`Data ${event.op}: ${hex(event.value)}`, ack);
    else if (words.length > 0 && words.at(-1) !== "Stop") words.push("Stop");
  }
  return words;
}

function hex(value: number): string {
  return value.toString(16).toUpperCase().padStart(2, "0");
}

// sigrok looks at a wave sample by sample, and most of a match nothing is on the bus.
test(
  "sigrok reads the same bytes off SCL and SDA, of each match of the catalogue",
  () => {
    const file = join(folder, "bus.vcd");
    let bytes = 0;
    for (const match of catalogue("ssif")) {
      writeFileSync(file, exported("vcd", withoutIdleTime(match)));
      const wanted = busOf(match);
      expect(readBySigrok(file), match.name).toEqual(wanted);
      bytes += wanted.filter((word) => word.startsWith("Data")).length;
    }
    expect(bytes).toBeGreaterThan(10_000);
  },
  LIMIT_MS,
);

function readBySigrok(file: string): readonly string[] {
  const args = ["-I", "vcd:downsample=1", "-i", file, "-P", "i2c:scl=scl:sda=sda"];
  const text = execFileSync("sigrok-cli", [...args, "-A", "i2c=addr-data"], {
    encoding: "utf8",
    maxBuffer: OUTPUT_MAX,
  });
  return text
    .split("\n")
    .map((line) => line.replace("i2c-1: ", "").replace("Start repeat", "Start"))
    .filter((line) => line !== "Write" && line !== "Read" && line !== "");
}

/** In µs. A byte on the bus takes a hundredth of it. */
const IDLE_MAX_US = 10_000;

/** The same events, and no time between two of them that is longer. */
function withoutIdleTime(match: Match): Match {
  let beforeUs = 0;
  let cutUs = 0;
  const events = match.events.map((event) => {
    cutUs += Math.max(0, event.t - beforeUs - IDLE_MAX_US);
    beforeUs = event.t;
    return { ...event, t: event.t - cutUs };
  });
  return { ...match, events };
}
