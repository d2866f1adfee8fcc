import { beforeAll, expect, test } from "vitest";
import { assert } from "../../../src/assert.ts";
import { HOSTS, type InterfaceKind, playBetween } from "../../../src/lab/index.ts";
import type { MatchOptions } from "../../../src/match/match.ts";
import type { HostParty } from "../../../src/match/party.ts";
import type { ProgramWord } from "../../../src/scenario/schema.ts";
import { model } from "../../../src/seats/model/party.ts";
import { unpackedFolder } from "../../../src/seats/userspace/files.ts";
import { PROGRAM_SETS } from "../../../src/seats/userspace/programs.ts";
import { Recorder } from "../../../src/trace/tracer.ts";
import { kernelFor } from "../kernels/kernel.ts";
import { leavesNothing } from "../nothing-left.ts";
import { scenario } from "../qemu/scenario.ts";
import { unpackOnce } from "../unpack.ts";

const GET_SEL_ENTRY = "28430100ffff00ff";
const READ_FRU_DATA = "2811";
const LIFE_MS = 120_000;

let freeipmi: HostParty;
let ipmiutil: HostParty;

leavesNothing();

beforeAll(async () => {
  unpackOnce("unpack-freeipmi.sh", unpackedFolder(PROGRAM_SETS.freeipmi));
  const { name } = await kernelFor("6.1", "ssif");
  freeipmi = hostOf("freeipmi", name);
  ipmiutil = hostOf("ipmiutil", name);
}, 900_000);

function hostOf(word: ProgramWord, kernel: string): HostParty {
  const found = HOSTS[word].find(kernel);
  assert(found !== undefined, HOSTS[word].missing([kernel]));
  return found;
}

async function match(
  host: HostParty,
  name: string,
  kind: InterfaceKind,
  options: MatchOptions = {},
) {
  const recorder = new Recorder();
  const asked = scenario(name, kind);
  const result = await playBetween({ host, bmc: model }, asked, {
    wallLimitMs: LIFE_MS,
    sinks: () => [recorder],
    ...options,
  });
  const requests = recorder.events.flatMap((event) => {
    return event.e === "bmc.request" ? [Buffer.from(event.message).toString("hex")] : [];
  });
  const printed = recorder.events.flatMap((event) => (event.e === "console" ? [event.text] : []));
  return { ...result, requests, printed: printed.join("\n") };
}

// What the referee has to say of it is in the scenario, and in docs/findings.md.
test.each(["kcs", "ssif"] as const)(
  "FreeIPMI's own driver reads device, log, sensors and inventory on %s",
  async (kind) => {
    const { misses, interrupted, requests, printed } = await match(
      freeipmi,
      "freeipmi-looks-round",
      kind,
    );
    expect({ misses, interrupted }).toEqual({ misses: [], interrupted: undefined });
    expect(requests).toContain(GET_SEL_ENTRY);
    expect(requests.some((request) => request.startsWith(READ_FRU_DATA))).toBe(true);
    expect(printed).toContain("System GUID : 42424242-0000-4000-8000-020000000001");
    expect(printed).toContain("Temperature | Upper Non-critical - going high");
    expect(printed).toContain("FRU Board Product Name: Virtual BMC");
  },
  LIFE_MS,
);

test(
  "ipmiutil's own driver reads device, log, sensors and inventory",
  async () => {
    const played = match(ipmiutil, "ipmiutil-looks-round", "kcs");
    const { misses, interrupted, requests, printed } = await played;
    expect({ misses, interrupted }).toEqual({ misses: [], interrupted: undefined });
    expect(requests.some((request) => request.startsWith(READ_FRU_DATA))).toBe(true);
    expect(printed).toContain("respData[len=11]: 20 01 01 00 02 be 00 00 00 01 00");
    expect(printed).toContain("Board Product Name  : Virtual BMC");
    expect(printed).toContain("ipmiutil sel, completed successfully");
  },
  LIFE_MS,
);

test("a guest that takes too long is ended, and its match tells nothing", async () => {
  const { interrupted, misses } = await match(freeipmi, "device-id", "kcs", { wallLimitMs: 1_000 });
  expect(interrupted).toBe("the wall limit of 1 s was reached");
  expect(misses).toHaveLength(1);
});
