import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { JsonLinesSink } from "../../src/trace/jsonl.ts";
import { asTracefs, type Match, playedMatch } from "../../tools/evidence/writers.ts";
import { parseXml } from "./xml.ts";

// These run the built command as a user does.
const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const SAMPLE = fileURLToPath(new URL("../../docs/examples/kcs-6.1.txt", import.meta.url));
let folder = "";
let broken: Match;
let right: Match;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "baseboard-judge-"));
  broken = played("kcs-state-late");
  right = played("a-right-match");
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("text of a kernel's tracing", () => {
  test("exits with 1 when a party broke a rule, and with 0 when none did", () => {
    expect(judged(asTracefs(broken))).toMatchObject({ status: 1, stderr: "" });
    expect(judged(asTracefs(right))).toMatchObject({ status: 0, stderr: "" });
  });

  test.each([
    ["violation", 1],
    ["fault", 1],
    ["none", 0],
  ])("--fail-on %s: exits with %i", (what, status) => {
    expect(judged(asTracefs(broken), "--fail-on", what).status).toBe(status);
    expect(judged(asTracefs(right), "--fail-on", what).status).toBe(0);
  });

  test("may come packed, and by standard input", () => {
    const plain = judged(asTracefs(right)).stdout.split("\n").slice(1);
    const packed = gzipSync(asTracefs(right).join("\n"));
    const { stdout, status } = command(["-"], packed);
    expect({ lines: stdout.split("\n").slice(1), status }).toEqual({ lines: plain, status: 0 });
  });

  test("that was packed and cut is judged as far as it goes", () => {
    const { stdout, status } = command(
      ["-"],
      gzipSync(asTracefs(right).join("\n")).subarray(0, 9_000),
    );
    expect(stdout).toMatch(/fault: none[\s\S]*the gzip file is not whole/);
    expect(status).toBe(0);
  });

  test("may be UTF-16, as Windows writes it", () => {
    const bytes = Buffer.from(`\ufeff${asTracefs(right).join("\r\n")}`, "utf16le");
    expect(command(["-"], bytes).stdout).toMatch(/^standard input: kcs[\s\S]*fault: none/);
  });

  test("of an unmodified kernel, which was written down in a guest", () => {
    const { stdout, status } = command([SAMPLE]);
    expect(stdout).toMatch(/kcs, the host's face[\s\S]*fault: none/);
    expect(status).toBe(0);
  });

  test("--json has the verdict, and what could not be used", () => {
    const { stdout } = judged([...asTracefs(broken), "junk"], "--json");
    const { format, remarks, interfaces } = JSON.parse(stdout);
    expect(format).toBe("tracefs");
    expect(remarks.join()).toMatch(/no event of a trace/);
    expect(interfaces).toMatchObject([{ interface: "kcs", verdict: { fault: ["bmc"] } }]);
  });
});

describe("both faces of one wire", () => {
  const sample = (name: string) => {
    return fileURLToPath(new URL(`../evidence/samples/both-${name}.txt`, import.meta.url));
  };

  test("are judged as one, and their clocks are told", () => {
    const { stdout, status } = command([sample("bmc"), sample("host")]);
    expect(stdout).toMatch(/the host's and the BMC's faces[\s\S]*fault: none/);
    expect(stdout).toMatch(/clock is 1783\.0\d{5} s ahead, known to ± \d+ µs, and gains 4/);
    expect(stdout).toMatch(/the faces differ in one place/);
    expect(status).toBe(0);
  });

  test("that are one file twice, or twice the host's, are refused in one line", () => {
    refused(command([SAMPLE, SAMPLE]), /both are the same/);
    refused(command([sample("host"), SAMPLE]), /one is the host's face, and one the BMC's/);
  });
});

describe("a trace of ours", () => {
  test("is judged as it is", () => {
    const { stdout, status } = judged(ours(broken));
    expect(stdout).toMatch(/the host's and the BMC's faces[\s\S]*fault: bmc/);
    expect(status).toBe(1);
  });

  test("that breaks off says so", () => {
    expect(judged(ours(right).slice(0, 400)).stdout).toMatch(/it breaks off \(line 400: /);
  });

  test("that is none is refused in one line", () => {
    refused(judged(['{"format":"baseboard-trace","version":7}']), /line 1: .*version 7/);
  });

  test("is not told its interface", () => {
    refused(judged(ours(right), "--interface", "kcs"), /--interface: a trace says itself/);
  });
});

describe("--trace", () => {
  const verdictOf = (text: string) =>
    JSON.parse(command([text, "--json"]).stdout).interfaces[0].verdict;

  test("writes what was judged as a trace, of which the verdict is the same", () => {
    const trace = join(folder, "judged.jsonl");
    const both = ["host", "bmc"].map((face) => {
      return fileURLToPath(new URL(`../evidence/samples/both-${face}.txt`, import.meta.url));
    });
    for (const files of [[SAMPLE], both]) {
      const { stdout } = command([...files, "--json", "--trace", trace]);
      expect(verdictOf(trace)).toEqual(JSON.parse(stdout).interfaces[0].verdict);
      rmSync(trace);
    }
  });

  test("has a file for each interface", () => {
    const two = [...asTracefs(right), ...asTracefs(right, "io=0xffff888003a5d000")];
    const trace = join(folder, "two.jsonl");
    judged(two, "--trace", trace);
    expect([trace, `${trace}.2`].map((each) => verdictOf(each).fault)).toEqual([[], []]);
  });

  test("leaves nothing where nothing could be judged, and says where it cannot be written", () => {
    const trace = join(folder, "none.jsonl");
    refused(judged(["words"], "--trace", trace), /its one line is of no format that can be read/);
    expect(existsSync(trace)).toBe(false);
    refused(judged(asTracefs(right), "--trace", folder), /--trace .*: it is a folder/);
  });
});

describe("what cannot be judged is refused in one line", () => {
  test.each([
    ["words", ["words"], /its one line is of no format that can be read/],
    ["nothing", [""], /its one line is of no format|nothing to read/],
    ["another driver's trace", [`a-1 [000] d..1. 7.0: sched_switch: x`], /none tells of IPMI/],
    [
      "an interface that does not show",
      [`a-1 [000] d..1. 7.0: w: (port_outb+0x0/0x20 [ipmi_si]) off=0 val=1`],
      /cannot be told.*--interface/,
    ],
  ])("%s", (_, lines, message) => refused(judged(lines), message));

  test("a capture that lost events nobody knows where", () => {
    const lines = ["# baseboard capture 1 kcs", "# trace", ...asTracefs(broken), "# lost: 3"];
    refused(judged(lines), /3 events are missing nobody knows where/);
    const said = [...lines.slice(0, 40), "CPU:0 [LOST 3 EVENTS]", ...lines.slice(40)];
    expect(judged(said).stderr).toBe("");
  });

  test("a file that is not there, and a folder", () => {
    refused(command([join(folder, "nonesuch")]), /no such file/);
    refused(command([folder]), /it is a folder/);
  });
});

describe("files for test tools and for readers", () => {
  // Goal: a test for each rule, and none that says more than was seen. Method: the same match as its own trace
  // shows it, and as a kernel's tracing does, which has one face only.
  test.each([
    ["our own trace", (match: Match) => ours(match)],
    ["a kernel's tracing", (match: Match) => asTracefs(match)],
  ])("of %s", (_what, written) => {
    const at = (name: string) => join(folder, name);
    const files = ["--junit", at("j.xml"), "--ktap", at("j.tap"), "--ctrf", at("j.json")];
    const { status, stdout } = judged(written(broken), ...files, "--markdown", at("j.md"));
    expect(status).toBe(1);
    // The ladders are the files', unless they are asked for.
    expect(stdout).not.toContain("event         us host");
    const read = (name: string) => readFileSync(at(name), "utf8");
    const { attributes } = parseXml(read("j.xml"));
    const checked = Number(/^(\d+) rules, /m.exec(stdout)?.[1]);
    const { length: found } = stdout.match(/^\d+\. [A-Z]+-\d+/gm) ?? [];
    const unseen = read("j.xml").split("cannot be seen from this evidence").length - 1;
    expect(Number(attributes["tests"]) - unseen).toBe(checked);
    expect({ ...attributes, found }).toMatchObject({ failures: String(found), errors: "0" });
    expect(found).toBeGreaterThan(0);
    const rule = /^1\. ([A-Z]+-\d+)/m.exec(stdout)?.[1] ?? "";
    expect(read("j.tap")).toMatch(new RegExp(`^ {2}not ok \\d+ ${rule}$`, "m"));
    expect(JSON.parse(read("j.json"))).toMatchObject({ results: { summary: { failed: found } } });
    expect(read("j.md")).toMatch(new RegExp(`^\\| .* \\| ${rule} \\| (bmc|host) `, "m"));
    expect(read("j.md")).toMatch(/<details>[\s\S]*event {9}us host[\s\S]*^instead /m);
  });
});

function refused({ status, stdout, stderr }: ReturnType<typeof command>, message: RegExp): void {
  expect(stderr).toMatch(message);
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
}

function judged(lines: readonly string[], ...options: readonly string[]) {
  const file = join(folder, "machine.txt");
  writeFileSync(file, `${lines.join("\n")}\n`);
  return command([file, ...options]);
}

function command(args: readonly string[], input: string | Buffer = "") {
  const run = spawnSync(process.execPath, [MAIN, "judge", ...args], { input });
  const { status, stdout, stderr } = run;
  return { status, stdout: stdout.toString(), stderr: stderr.toString() };
}

function ours({ head, events }: Match): string[] {
  const lines: string[] = [];
  const sink = new JsonLinesSink(head, (line) => lines.push(line.trimEnd()));
  for (const event of events) sink.event(event);
  return lines;
}

function played(name: string): Match {
  const file = new URL(`../../scenarios/${name}.yaml`, import.meta.url);
  return playedMatch(readFileSync(file, "utf8"), name, "kcs");
}
