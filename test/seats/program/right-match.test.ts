import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { INTERFACES, onInterface, playBetween, readScenario } from "../../../src/lab/index.ts";
import { program } from "../../../src/seats/program/party.ts";
import { stack } from "../../../src/seats/stack/party.ts";

const OWN = fileURLToPath(new URL("../../../docs/examples/my-ipmid.mjs", import.meta.url));
const FILE = new URL("../../../scenarios/a-right-match.yaml", import.meta.url);

// Goal: a program of a user's own that is right is never accused. Method: the one that the docs show.
test.concurrent.each(INTERFACES)(
  "behind %s it plays a right match without a word",
  async (kind) => {
    const scenario = readScenario(
      onInterface(readFileSync(FILE, "utf8"), kind),
      "a-right-match.yaml",
    );
    const bmc = program(`exec:${process.execPath} ${OWN} ${kind}`);
    if (bmc === undefined) throw new Error("a command names a BMC");
    const { verdict, misses, interrupted, remarks } = await playBetween(
      { host: stack, bmc },
      scenario,
    );
    expect({ misses, interrupted }).toEqual({ misses: [], interrupted: undefined });
    expect([...verdict.violations, ...verdict.notes]).toEqual([]);
    expect(verdict.transactions).toBeGreaterThan(40);
    expect(remarks).toEqual([
      expect.stringMatching(/^left out, since this BMC is yours: event 00 00 02 .*, times 5/),
    ]);
  },
);
