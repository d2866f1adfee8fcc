import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  INTERFACES,
  type InterfaceKind,
  onInterface,
  playBetween,
  readScenario,
} from "../../../src/lab/index.ts";
import { program } from "../../../src/seats/program/party.ts";
import { stack } from "../../../src/seats/stack/party.ts";
import type { TraceEvent } from "../../../src/trace/events.ts";
import { Recorder } from "../../../src/trace/tracer.ts";

const OURS = fileURLToPath(new URL("our-controller.ts", import.meta.url));
const CONTROLLER = `exec ${process.execPath} --import tsx ${OURS}`;
const SMALL = fileURLToPath(new URL("../../../docs/examples/small-ipmid.sh", import.meta.url));

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "baseboard-program-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function scenario(kind: InterfaceKind, name = "device-id") {
  const file = new URL(`../../../scenarios/${name}.yaml`, import.meta.url);
  return readScenario(onInterface(readFileSync(file, "utf8"), kind), `${name}.yaml`);
}

function bmcOf(written: string) {
  const bmc = program(written);
  if (bmc === undefined) throw new Error(`${written} names no BMC`);
  return bmc;
}

async function played(command: string, kind: InterfaceKind = "bt") {
  const recorder = new Recorder();
  const result = await playBetween({ host: stack, bmc: bmcOf(`exec:${command}`) }, scenario(kind), {
    sinks: () => [recorder],
  });
  return { ...result, events: recorder.events };
}

/** Answers each request with what `responses` prints, of whose variables `netfn` and `cmd` are the request's. */
function answering(responses: string): string {
  return `while read -r netfn cmd data; do ${responses}; done`;
}

const REFUSES = `printf '%02x %s c1\\n' $((0x$netfn | 4)) "$cmd"`;

function refusals(events: readonly TraceEvent[]): readonly string[] {
  return events.flatMap((event) => (event.e === "bmc.refused" ? [event.code] : []));
}

describe.each(INTERFACES)("a program of somebody's own behind our %s", (kind) => {
  test("that is right is found right, and gets what the host sends", async () => {
    const { verdict, misses, interrupted, events } = await played(`${CONTROLLER} ${kind}`, kind);
    expect({ misses, interrupted }).toEqual({ misses: [], interrupted: undefined });
    expect(verdict.violations).toEqual([]);
    const sent = events.flatMap((each) => (each.e === "send" ? [each.message] : []));
    const read = events.flatMap((each) => (each.e === "bmc.request" ? [each.message] : []));
    expect(read).toEqual(sent);
  });

  test("that leaves most of it out is named for that", async () => {
    const { verdict } = await played(`sh ${SMALL}`, kind);
    expect(verdict.violations.map(({ rule }) => rule)).toContain("GEN-08");
    expect(verdict.fault).toEqual(["bmc"]);
  });
});

test("a response that nobody asked for does not get to the host", async () => {
  const { verdict, events } = await played(answering(`${REFUSES}; ${REFUSES}`));
  expect(refusals(events)).toContain("NOT_AWAITED");
  expect(verdict.fault).toEqual(["bmc"]);
});

test("attention is the program's to ask for", async () => {
  const { events } = await played(answering(`echo attention on; ${REFUSES}`), "kcs");
  const SMS_ATN = 0x04;
  const seen = events.some(
    (event) => event.e === "host.read" && event.reg === "status" && (event.value & SMS_ATN) !== 0,
  );
  expect(seen).toBe(true);
});

test.each([
  [
    "ends in the midst of it",
    "read -r line; echo 'out of memory' >&2; exit 3",
    /^exec:.* ended with status 3: out of memory$/,
  ],
  ["is not there", "/no/such/ipmid", /^exec:\/no\/such\/ipmid ended with status 127: .*not found/],
  ["is killed", "read -r line; kill -9 $$", /^exec:.* was ended by SIGKILL$/],
  [
    "writes what is no message",
    answering("echo hello"),
    /^exec:.* wrote "hello", which is no message: "h" at position 1 is not a hexadecimal digit; /,
  ],
  [
    "never ends its line",
    "head -c 100000 /dev/zero | tr '\\\\0' 0; cat > /dev/null",
    /^exec:.* wrote more than 4096 bytes without a line's end$/,
  ],
  [
    "answers without end",
    "exec yes '1c 01 00'",
    /^exec:.* wrote more than 10000 lines without being asked anything$/,
  ],
  [
    "says without end that it wants attention",
    "while :; do echo attention on; echo attention off; done",
    /^exec:.* wrote more than 10000 lines without being asked anything$/,
  ],
  [
    "complains without end, and then ends",
    "{ head -c 10000000 /dev/zero; echo; echo at last; } >&2; exit 5",
    /^exec:.* ended with status 5: at last$/,
  ],
  [
    "leaves another one behind that has its pipes",
    "sleep 600 & exit 6",
    /^exec:.* ended with status 6$/,
  ],
  [
    "leaves another one behind that is beyond reach",
    "setsid sleep 5 & exit 7",
    /^exec:.* ended with status 7$/,
  ],
])("a program that %s breaks the match off, and says why", async (_what, command, why) => {
  const { interrupted, misses } = await played(command);
  expect(interrupted).toMatch(why);
  expect(misses).toHaveLength(1);
});

// Goal: nothing is left running. Method: a program that has started another one; both say who they are.
test("with the match the program ends, and what it has started", async () => {
  const pids = join(folder, "pids");
  await played(`sleep 600 & echo $$ $! > ${pids}; ${answering(REFUSES)}`);
  const [shell = 0, child = 0] = readFileSync(pids, "utf8").trim().split(" ").map(Number);
  for (const pid of [shell, child]) {
    expect(pid).toBeGreaterThan(1);
    await expect.poll(() => existsSync(`/proc/${pid}/exe`), { timeout: 5_000 }).toBe(false);
  }
});

test("what it leaves behind when it ends is ended with it", async () => {
  const pid = join(folder, "pid");
  await played(`sleep 600 & echo $! > ${pid}; exit 3`);
  const left = Number(readFileSync(pid, "utf8"));
  await expect.poll(() => existsSync(`/proc/${left}/exe`), { timeout: 5_000 }).toBe(false);
});

test("it has no faults, and no wishes can be told to it", () => {
  const bmc = bmcOf("exec:cat");
  expect(bmc.whyNot(scenario("kcs"))).toBeUndefined();
  expect(bmc.whyNot(scenario("kcs", "dead-channel"))).toBe(
    "dead-channel has faults, and those are the lab's BMC's",
  );
  expect(bmc.whyNot(scenario("kcs", "ipmi-0-9"))).toMatch(/^ipmi-0-9 wants a BMC's \w+, and this/);
});
