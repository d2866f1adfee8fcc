import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { onInterface, playBetween, readScenario } from "../../../src/lab/index.ts";
import { linuxBmc } from "../../../src/seats/linux-bmc/party.ts";
import { stack } from "../../../src/seats/stack/party.ts";
import type { TraceEvent } from "../../../src/trace/events.ts";
import { bmcKernelFor } from "./kernel.ts";

/** A match of our host against a kernel's own KCS driver, and what the daemon saw of it. */
async function played(version: string, name: string) {
  const file = new URL(`../../../scenarios/${name}.yaml`, import.meta.url);
  const scenario = readScenario(onInterface(readFileSync(file, "utf8"), "kcs"), name);
  const events: TraceEvent[] = [];
  const parties = { host: stack, bmc: linuxBmc(await bmcKernelFor(version)) };
  const sinks = () => [{ event: (event: TraceEvent) => void events.push({ ...event }) }];
  const result = await playBetween(parties, scenario, { sinks });
  const count = (e: TraceEvent["e"]) => events.filter((event) => event.e === e).length;
  return { ...result, events, count };
}

// Goal: the driver that the review of 2018 led to keeps the protocol with a right host and a right
// daemon. Method: the distribution's kernel, its one missing module built from its own source; events,
// messages and long answers go through it.
test("an unmodified kernel's KCS driver is a right BMC", async () => {
  const { head, misses, verdict, count } = await played("6.12", "a-right-match");
  expect(head.bmc).toMatch(/^linux:6\.12\./);
  expect(misses).toEqual([]);
  expect(verdict.fault).toEqual([]);
  // The chip shows IDLE until its driver is first spoken to.
  expect(verdict.notes.map(({ rule }) => rule)).toEqual(["KCS-20"]);
  expect(count("bmc.response")).toBeGreaterThan(40);
});

// Goal: the debate of 2018: a daemon dies with a request in its hands, and another opens the device.
test("an unmodified kernel's KCS driver ends what its dead daemon had begun", async () => {
  const { misses, events, count } = await played("6.12", "daemon-dies");
  expect(misses).toEqual([]);
  expect(count("fault")).toBe(4);
  const opened = events.filter((each) => each.e === "bmc" && each.what === "daemon-opened");
  expect(opened).toHaveLength(2);
});
