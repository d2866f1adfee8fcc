import { describe, expect, test } from "vitest";
import { BusWaves } from "../../src/export/bus-waves.ts";
import type { EventOf } from "../../src/trace/events.ts";
import { exported } from "./exports.ts";
import { played } from "./matches.ts";

/** Each change of a signal, by its name: `[time in 100 ns, value]`. */
function changesOf(text: string): Map<string, (readonly [number, string])[]> {
  const names = new Map<string, string>();
  const changes = new Map<string, (readonly [number, string])[]>();
  let at = 0;
  for (const line of text.split("\n")) {
    const declared = /^\$var wire \d+ (\S+) (\w+)/.exec(line);
    if (declared?.[1] !== undefined) names.set(declared[1], declared[2] ?? "");
    if (line.startsWith("#")) {
      const next = Number(line.slice(1));
      expect(next).toBeGreaterThanOrEqual(at);
      at = next;
    }
    const [, vector, single, id] = /^(?:b(\S+) |([01x]))(\S+)$/.exec(line) ?? [];
    const name = names.get(id ?? "");
    if (name === undefined) continue;
    changes.set(name, [...(changes.get(name) ?? []), [at, vector ?? single ?? ""]]);
  }
  return changes;
}

const textOf = (file: Uint8Array) => new TextDecoder().decode(file);

describe("registers", () => {
  const match = played("device-id", "kcs");
  const changes = changesOf(textOf(exported("vcd", match)));

  test("have the values that the trace has, at its times", () => {
    const status = match.events.flatMap((event): [number, string][] => {
      return event.e === "bmc.status" ? [[event.t * 10, event.status.toString(2)]] : [];
    });
    const changed = status.filter(([, value], index) => value !== status[index - 1]?.[1]);
    const [unknown, ...known] = changes.get("bmc_status") ?? [];
    expect(unknown).toEqual([0, "x"]);
    expect(known).toEqual(changed);
  });

  test("have their bits by name, and each access turns a signal round", () => {
    expect(changes.get("host_OBF")?.length).toBeGreaterThan(20);
    const reads = match.events.filter(({ e }) => e === "host.read").length;
    expect(changes.get("host_reads")).toHaveLength(reads + 1);
  });
});

/** Decodes SCL and SDA as a bus's slave would: `S 20+ 02+ P`. */
function decoded(events: readonly EventOf<"host.bus">[]): string {
  const told: string[] = [];
  let [scl, sda, bits] = [1, 1, ""];
  let last = 0;
  const waves = new BusWaves((line, level, at) => {
    expect(at).toBeGreaterThanOrEqual(last);
    last = at;
    if (line === "sda") {
      if (scl === 1 && sda === 1 && level === 0) told.push("S");
      if (scl === 1 && sda === 0 && level === 1) told.push("P");
      if (scl === 1) bits = "";
      sda = level;
    }
    if (line === "scl") {
      if (scl === 0 && level === 1) bits += sda;
      if (bits.length === 9) {
        const byte = Number.parseInt(bits.slice(0, 8), 2).toString(16).padStart(2, "0");
        told.push(`${byte}${bits[8] === "0" ? "+" : "-"}`);
        bits = "";
      }
      scl = level;
    }
  });
  for (const event of events) waves.take(event);
  waves.end();
  return told.join(" ");
}

function bus(
  words: readonly (readonly [op: EventOf<"host.bus">["op"], value: number, ack: boolean])[],
  apartUs: number,
): EventOf<"host.bus">[] {
  return words.map(([op, value, ack], n) => {
    return { n, t: n * apartUs, e: "host.bus", op, value, outcome: ack ? "ack" : "nack", tag: 0 };
  });
}

describe("SCL and SDA", () => {
  const words = [
    ["start", 0x20, true],
    ["write", 0x03, true],
    ["start", 0x21, true],
    ["read", 0x02, true],
    ["read", 0xff, false],
    ["stop", 0, true],
    ["start", 0x20, false],
    ["stop", 0, true],
  ] as const;

  test.each([0, 1, 30, 90, 5_000])("say the same bytes, whatever is between them: %i us", (us) => {
    expect(decoded(bus(words, us))).toBe("S 20+ 03+ S 21+ 02+ ff- P S 20- P");
  });

  test("a stop on an idle bus draws nothing", () => {
    expect(decoded(bus([["stop", 0, true]], 10))).toBe("");
  });
});
