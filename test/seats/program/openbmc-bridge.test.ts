import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { hex } from "../../../src/ipmi/message.ts";
import { playBetween, readScenario } from "../../../src/lab/index.ts";
import { program } from "../../../src/seats/program/party.ts";
import { stack } from "../../../src/seats/stack/party.ts";
import type { TraceEvent } from "../../../src/trace/events.ts";
import { Recorder } from "../../../src/trace/tracer.ts";

const BRIDGE = fileURLToPath(new URL("../../../docs/examples/openbmc-bridge.sh", import.meta.url));
const BUSCTL = fileURLToPath(new URL("busctl.sh", import.meta.url));
const FILE = new URL("../../../scenarios/device-id.yaml", import.meta.url);
const CALL =
  "call xyz.openbmc_project.Ipmi.Host /xyz/openbmc_project/Ipmi xyz.openbmc_project.Ipmi.Server execute yyyaya{sv}";

async function played(busctl: string) {
  const folder = mkdtempSync(join(tmpdir(), "baseboard-bridge-"));
  try {
    const calls = join(folder, "calls");
    const bmc = program(`exec:CALLS=${calls} BUSCTL='${busctl}' exec sh ${BRIDGE}`);
    if (bmc === undefined) throw new Error("a command names a BMC");
    const scenario = readScenario(readFileSync(FILE, "utf8"), "device-id.yaml");
    const recorder = new Recorder();
    const sinks = () => [recorder];
    const { interrupted } = await playBetween({ host: stack, bmc }, scenario, { sinks });
    const called = interrupted === undefined ? readFileSync(calls, "utf8").trim().split("\n") : [];
    return { interrupted, called, events: recorder.events };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function messages(events: readonly TraceEvent[], kind: "bmc.request" | "bmc.response") {
  return events.flatMap((event) => (event.e === kind ? [event.message] : []));
}

/** A request as its bytes are called by. */
function callOf([first = 0, cmd = 0, ...data]: Uint8Array): string {
  const byte = (value: number) => `0x${hex(Uint8Array.of(value))}`;
  const words = [first >> 2, first & 3, byte(cmd), data.length, ...data.map(byte), 0];
  return `${CALL} ${words.join(" ")}`;
}

// Goal: the bridge that the docs show carries whole messages both ways. No OpenBMC runs here: a stand-in
// writes down the calls, and answers as busctl prints what ipmid says.
test("a bridge to ipmid carries requests and responses as they are", async () => {
  const { interrupted, called, events } = await played(`sh ${BUSCTL}`);
  expect(interrupted).toBeUndefined();
  const requests = messages(events, "bmc.request");
  expect(called).toEqual(requests.map(callOf));
  expect(requests.some((request) => request.length > 2)).toBe(true);
  const responses = messages(events, "bmc.response").map(hex);
  expect(responses).toHaveLength(requests.length);
  expect(responses).toContain("1c 01 00 20 01 01 00 02 00 00 00 00 00 ff");
  expect(responses).toContain("1c 2f c1");
});

test("a bridge that finds no busctl breaks the match off", async () => {
  const { interrupted } = await played("/no/such/busctl");
  expect(interrupted).toMatch(/ ended with status 127: .*not found$/);
});
