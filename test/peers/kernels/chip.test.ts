import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { playBetween, readScenario } from "../../../src/lab/index.ts";
import type { BmcParty } from "../../../src/match/party.ts";
import { linux } from "../../../src/seats/linux/match/party.ts";
import { model } from "../../../src/seats/model/party.ts";
import { chip } from "../../../src/seats/qemu/match/chip-party.ts";
import type { TraceEvent } from "../../../src/trace/events.ts";
import { encodeEvent } from "../../../src/trace/jsonl.ts";
import { kernelFor } from "./kernel.ts";

// Goal: any two that can keep the same time are a match, though neither knows of the other. Method: a
// kernel in one QEMU on a board's chip in another; what it does at the registers is what it does at
// the model's.
test("a kernel on QEMU's BMC chip does as it does on the model", async () => {
  const host = linux(await kernelFor("6.1"));
  const file = new URL("../../../scenarios/device-id.yaml", import.meta.url);
  const scenario = readScenario(readFileSync(file, "utf8"), "device-id");
  const accesses = async (bmc: BmcParty) => {
    const lines: string[] = [];
    const event = (each: TraceEvent) => {
      if (each.e.startsWith("host.")) lines.push(encodeEvent({ ...each, n: 0 }));
    };
    const { misses } = await playBetween({ host, bmc }, scenario, { sinks: () => [{ event }] });
    expect(misses).toEqual([]);
    return lines;
  };
  const onModel = await accesses(model);
  expect(onModel.length).toBeGreaterThan(500);
  expect(await accesses(chip("ast2500"))).toEqual(onModel);
});
