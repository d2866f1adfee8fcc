import { describe, expect, test } from "vitest";
import { Fetch, FlagRound } from "../../../src/host/system-interface/flag-round.ts";

const QUEUE = 0x01;
const EVENT = 0x02;
const PRETIMEOUT = 0x08;
const FETCHES = 10;

function begun(flags: number): FlagRound {
  const round = new FlagRound();
  round.begin(flags);
  return round;
}

/** What a round asks for when all that it asks for ends at once. */
function asked(round: FlagRound): Fetch[] {
  const all: Fetch[] = [];
  for (let fetch = round.next(); fetch !== Fetch.Nothing; fetch = round.next()) {
    all.push(fetch);
    round.ended(fetch);
  }
  return all;
}

// Method: all 256 values of the flags, of which only three bits ask for something.
test("a round asks for what the flags say, in order, and for nothing else", () => {
  for (let flags = 0; flags < 256; flags++) {
    const due: Fetch[] = [];
    if ((flags & PRETIMEOUT) !== 0) due.push(Fetch.Pretimeout);
    if ((flags & QUEUE) !== 0) due.push(Fetch.Message);
    if ((flags & EVENT) !== 0) due.push(Fetch.Event);
    expect(asked(begun(flags))).toEqual(due);
  }
  expect(asked(new FlagRound())).toEqual([]);
  expect(new FlagRound().capped).toBe(false);
});

describe.each([
  [QUEUE, Fetch.Message],
  [EVENT, Fetch.Event],
] as const)("flags %i", (flags, fetch) => {
  test("ten are fetched, and what is left waits for the next round", () => {
    const round = begun(flags);
    for (let n = 1; n <= FETCHES; n++) {
      expect(round.next()).toBe(fetch);
      expect(round.capped).toBe(false);
      round.fetched(fetch);
    }
    expect(round.next()).toBe(Fetch.Nothing);
    expect(round.capped).toBe(true);
    expect(round.settled).toBe(false);
    round.begin(flags);
    expect(round.next()).toBe(fetch);
    expect(round.capped).toBe(false);
    round.fetched(fetch);
    expect(round.next()).toBe(fetch);
  });

  test.each([0, 1, FETCHES - 1])("%i were fetched until there was no more", (count) => {
    const round = begun(flags);
    for (let n = 0; n < count; n++) round.fetched(fetch);
    round.ended(fetch);
    expect(round.next()).toBe(Fetch.Nothing);
    expect(round.settled).toBe(count > 0);
    round.begin(flags);
    round.ended(fetch);
    expect(round.settled).toBe(false);
  });
});

test("messages and events are counted apart, and either makes a round one of use", () => {
  const round = begun(QUEUE | EVENT);
  for (let n = 1; n < FETCHES; n++) {
    round.fetched(Fetch.Message);
    round.fetched(Fetch.Event);
  }
  expect(round.capped).toBe(false);
  expect(round.settled).toBe(true);
  round.fetched(Fetch.Message);
  expect(round.next()).toBe(Fetch.Event);
  expect(round.settled).toBe(false);
});

test("a pre-timeout alone is no use that settles a round", () => {
  const round = begun(PRETIMEOUT);
  round.ended(Fetch.Pretimeout);
  expect(round.settled).toBe(false);
});

test("that there is nothing ends nothing", () => {
  const round = begun(QUEUE | EVENT | PRETIMEOUT);
  round.ended(Fetch.Nothing);
  expect(asked(round)).toEqual([Fetch.Pretimeout, Fetch.Message, Fetch.Event]);
});
