import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { bothFaces, type WholeTrace } from "../../../src/evidence/index.ts";
import { readTrace } from "../../../src/trace/index.ts";
import {
  asCsv,
  asI2c,
  asI2cSlave,
  asRegmap,
  asSigrok,
  asTracefs,
  type Match,
  transactionsOf,
} from "../../../tools/evidence/writers.ts";
import { told } from "../told.ts";
import { accessesOf, blamed, bmcsTime, played } from "./faces.ts";

const SHIFT = { offsetUs: 4_000_000, driftPpm: -40 };

const HOSTS: Readonly<Record<string, (match: Match) => string[]>> = {
  tracefs: asTracefs,
  csv: asCsv,
  i2c: (match) => asI2c(transactionsOf(match)),
  sigrok: asSigrok,
};

// Goal: what others write down shows less than the lab's taps, and lays together all the same. Method: matches in
// the formats that captures come in, the BMC's by a clock of its own.
describe("the two faces as they are captured", () => {
  test.each([
    ["kcs", "a-right-match", "tracefs"],
    ["kcs", "foreign-answers", "csv"],
    ["ssif", "a-right-match", "i2c"],
    ["ssif", "a-right-match", "sigrok"],
    ["ssif", "a-right-match", "csv"],
    ["ssif", "foreign-answers", "i2c"],
    ["ssif", "ssif-address-refused-briefly", "i2c"],
    ["ssif", "cold-reset-by-user", "sigrok"],
  ] as const)("%s: %s, the host's by %s", (kind, name, format) => {
    const match = played(name, kind);
    const host = only((HOSTS[format] ?? asCsv)(match));
    const bmc = only(kind === "kcs" ? asRegmap(shifted(match)) : asI2cSlave(shifted(match)));
    const both = bothFaces(host, bmc);
    expect(both.differences).toBe(0);
    expect(blamed(accessesOf(match))).toEqual(expect.arrayContaining(blamed(both)));
    expect(both.events.length).toBeGreaterThan(0.9 * accessesOf(match).events.length);
  });
});

// Goal: a real driver as the BMC, which gives its next byte before it takes the one which that answers, and a host
// whose reads are dated when a busy QEMU answered them, lie together. Method: the first requests of a match of our host
// against Linux's driver, as the lab and that kernel wrote them down.
test("a match in real time and what the BMC's kernel traced", () => {
  const host = readTrace(sample("linux-bmc-host.jsonl"));
  const both = bothFaces(host, only(sample("linux-bmc-6.12.txt").trimEnd().split("\n")));
  expect(both.differences).toBe(0);
  expect(blamed(both)).toEqual([]);
  expect(both.clocks.errorUs).toBeLessThan(5_000);
  const answered = both.events.filter(({ e }) => e === "bmc.write").length;
  expect(answered).toBeGreaterThan(30);
});

function sample(name: string): string {
  return readFileSync(new URL(`../samples/${name}`, import.meta.url), "utf8");
}

function only(lines: readonly string[]): WholeTrace {
  const [first] = told(`${lines.join("\n")}\n`).traces;
  if (first === undefined) throw new Error("nothing was read");
  return first;
}

function shifted({ head, events }: WholeTrace): WholeTrace {
  return { head, events: events.map((event) => ({ ...event, t: bmcsTime(event.t, SHIFT) })) };
}
