import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readRunFile, runPlan } from "../../../src/lab/explore/index.ts";

const FOLDER = new URL("found/", import.meta.url);

// Goal: what an exploration once broke stays mended. Method: play each of its run files. What a
// file says of its trace is of the day when it was found: timings have moved since, the scenario
// and the faults in it have not.
test.each(readdirSync(FOLDER))("%s breaks nothing any more", (name) => {
  const file = readRunFile(readFileSync(new URL(name, FOLDER), "utf8"), name);
  expect(runPlan(file.plan).breaches).toEqual([]);
});
