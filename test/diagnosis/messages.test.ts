import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { KNOWLEDGE_FILE } from "../../src/cli/knowledge.ts";
import { Knowledge, readMatches } from "../../src/diagnosis/index.ts";
import { MESSAGES, messageFor } from "../../src/diagnosis/messages/index.ts";

const matches = readMatches(readFileSync(KNOWLEDGE_FILE, "utf8"));
const knowledge = new Knowledge(matches);

// Goal: the table is complete. Method: every driver's line that a kernel printed here and that is
// no sign of all being well.
test("whatever the drivers said in a match is in the table", () => {
  const shapes = new Set(matches.flatMap(({ lines }) => [...lines.keys()]));
  const ours = [...shapes].filter(
    (shape) => knowledge.tells(shape) && /^ipmi|^hung|list_/.test(shape),
  );
  expect(ours.length).toBeGreaterThan(10);
  expect(ours.filter((shape) => messageFor(shape) === undefined)).toEqual([]);
});

test("each message has one meaning", () => {
  const meanings = MESSAGES.flatMap(([, messages]) => messages.map(({ meaning }) => meaning));
  expect(new Set(meanings).size).toBe(meanings.length);
});

test.each([
  ["ipmi_ssif: Error getting flags: errno110 #", "bmc"],
  ["ipmi_si: Unable to find any System Interface(s)", "machine"],
  ["ipmi_watchdog: Unexpected close, not stopping watchdog!", "user"],
  ["ipmi_si: KCS in invalid state #", "host"],
])("%s suspects %s", (shape, suspect) => {
  expect(messageFor(shape)?.suspect).toBe(suspect);
});

test("what is of no driver means nothing", () => {
  expect(messageFor("usb: device descriptor read, error")).toBeUndefined();
});
