import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { judgingText } from "../../src/cli/judge-evidence.ts";
import { EvidenceError } from "../../src/evidence/index.ts";
import { LINE_MAX } from "../../src/evidence/lines.ts";

const FOLDER = new URL("samples/", import.meta.url);
const KCS = "capture-kcs-6.1.txt";
const SSIF = "capture-users-7.2.txt";
const sample = (name: string) => readFileSync(new URL(name, FOLDER), "utf8");

function judged(text: string) {
  const judging = judgingText({});
  judging.push(text);
  const { interfaces, remarks } = judging.end();
  const verdicts = interfaces.map(({ judged: { verdict } }) => verdict);
  return {
    remarks,
    interfaces: interfaces.length,
    rules: verdicts.flatMap(({ violations }) => violations.map(({ rule }) => rule)),
    events: verdicts.reduce((sum, { events }) => sum + events, 0),
  };
}

/** A line with its time changed. */
function retimed(line: string, time: (seconds: string, fraction: string) => string): string {
  return line.replace(/(\s)(\d+)\.(\d{6}): /, (_, before, s, us) => `${before}${time(s, us)}: `);
}

const JUNK = Array.from({ length: 3_000 }, (_, i) => String.fromCharCode((i * 7_919) % 0x2ff));

/** What becomes of captures on their way, and what they may hold. */
const SPOILED: Readonly<Record<string, (lines: string[]) => string[]>> = {
  "with Windows' line ends": (lines) => lines.map((line) => `${line}\r`),
  "with commas in its times": (lines) =>
    lines.map((each) => retimed(each, (s, us) => `${s},${us}`)),
  "with commas in every third time": (lines) =>
    lines.map((each, i) => (i % 3 === 0 ? retimed(each, (s, us) => `${s},${us}`) : each)),
  "with junk in its middle": (lines) => lines.toSpliced(lines.length / 2, 0, JUNK.join("")),
  "with junk in every tenth line": (lines) =>
    lines.map((each, i) =>
      i % 10 === 0 ? each.slice(0, 40) + JUNK.slice(i, i + 60).join("") : each,
    ),
  "with a line that never ends": (lines) =>
    lines.toSpliced(lines.length / 2, 0, "A".repeat(40 * LINE_MAX)),
  "with losses all the time": (lines) =>
    lines.flatMap((each, i) => (i % 12 === 11 ? [each, "CPU:0 [LOST 3 EVENTS]"] : [each])),
  "with times that go back": (lines) =>
    lines.map((each, i) => (i % 40 === 0 ? retimed(each, (_, us) => `1.${us}`) : each)),
  "with times beyond all": (lines) =>
    lines.map((each, i) => (i % 40 === 0 ? retimed(each, (_, us) => `9999999999.${us}`) : each)),
  "with its lines in pairs the wrong way round": (lines) => lines.map((_, i) => lines[i ^ 1] ?? ""),
  "of hostile text": (lines) =>
    lines.map((each) => each.replace(/^( *)\w+-/, "$1\x1b]0;x\x07\x1b[2J<b>-")),
};

// Goal: what is no evidence, or evidence no more, is never an accusation. Method: captures in which nothing is wrong,
// spoiled as mails, terminals and full buffers spoil them.
describe.each([KCS, SSIF])("%s", (name) => {
  const lines = sample(name).split("\n");

  test.each(Object.keys(SPOILED))("%s accuses nobody", (how) => {
    const spoiled = SPOILED[how]?.(lines) ?? [];
    const text = spoiled.join("\n");
    try {
      const { rules, events } = judged(text);
      expect(rules).toEqual([]);
      expect(events).toBeGreaterThan(100);
    } catch (error) {
      // Where nothing of the wire can be read any more, it says so.
      if (!(error instanceof EvidenceError)) throw error;
      expect(error.message).toMatch(/none tells of IPMI|cannot be told/);
    }
  });

  test("cut off at any place accuses nobody", () => {
    const text = lines.join("\n");
    const from = text.indexOf("# trace");
    for (let cut = from + 5_000; cut < text.length; cut += 2_311) {
      expect(judged(text.slice(0, cut)).rules).toEqual([]);
    }
  });
});

test("two captures with their lines in turns are two interfaces, and accuse nobody", () => {
  const [one, two] = [sample(KCS).split("\n"), sample(SSIF).split("\n")];
  const mixed = one.flatMap((line, i) => [line, two[i] ?? ""]).join("\n");
  expect(judged(mixed)).toMatchObject({ interfaces: 2, rules: [] });
});

describe("what tells nothing of IPMI", () => {
  const event = "ksoftirqd/0-14      [000] ..s..     7.000001: ";
  test.each([
    ["another driver's trace", `${event}sched_switch: prev_comm=x prev_pid=1\n`.repeat(500)],
    [
      "another driver's probes",
      `${event}w: (ata_sff_exec+0x0/0x20 [libata]) off=1 val=2\n`.repeat(500),
    ],
    ["a bus without a BMC", `${event}smbus_read: i2c-0 a=050 f=0000 c=2 BYTE_DATA\n`.repeat(500)],
  ])("%s", (_, text) => {
    expect(() => judged(text)).toThrow(/none tells of IPMI/);
  });

  test.each([
    ["one line", "x".repeat(3 * LINE_MAX), "its one line is of no format"],
    ["a table of something else", "s,cpu,load\n1,2,3\n".repeat(100), "none of its first 200 lines"],
    ["nothing", "", "there is nothing to read"],
  ])("%s", (_, text, why) => {
    expect(() => judged(text)).toThrow(why);
  });
});

test("one gap is one place", () => {
  const text = sample(KCS);
  const cut = judged(text.slice(0, text.lastIndexOf("off=") + 2));
  expect(cut.remarks).toContain("events are missing in one place: nothing is judged across it");
});
