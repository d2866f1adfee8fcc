import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { PackedTrace } from "../../src/cli/page/packed-trace.ts";
import { readTrace } from "../../src/trace/index.ts";
import { playedMatch } from "../../tools/evidence/writers.ts";

const PASSWORD = "73 33 63 72 33 74 2d 77";
const SCENARIO = `
name: a-password
title: A user's password is set
source: IPMI 2.0 §22.30
story: It is not to be found in a page of this match.
until: 30s
workload:
  - user: tool
    steps:
      - { request: Set User Password, data: 02 02 ${PASSWORD} 00 00 00 00 00 00 00 00 }
`;
const match = playedMatch(SCENARIO, "a-password", "kcs");
const password = PASSWORD.replaceAll(" ", "");

async function packed(unmasked: boolean, events = match.events) {
  const trace = new PackedTrace(match.head, { unmasked });
  for (const event of events) trace.event(event);
  const { differs } = trace;
  return { differs, text: gunzipSync(await trace.end()).toString("utf8") };
}

test("a password is not in the page's trace, and is when that is asked for", async () => {
  const masked = await packed(false);
  expect(masked.differs).toEqual([]);
  expect(masked.text).not.toContain(password);
  expect(readTrace(masked.text).events).toHaveLength(match.events.length);
  const whole = await packed(true);
  expect(whole.text).toContain(password);
  expect(readTrace(whole.text).events).toEqual(match.events);
});

// Goal: a page never says otherwise than the referee does who saw all. Method: a BMC's application that
// read another password than the host wrote; with zeros for both that cannot be seen.
test("what shows only in a password is told of, and not lost", async () => {
  const events = match.events.map((event) => {
    if (event.e !== "bmc.request" || event.message[1] !== 0x47) return event;
    const message = event.message.slice();
    message[6] = 0x00;
    return { ...event, message };
  });
  expect((await packed(false, events)).differs.length).toBeGreaterThan(0);
  expect((await packed(true, events)).differs).toEqual([]);
});
