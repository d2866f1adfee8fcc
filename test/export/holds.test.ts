import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { PackedTrace } from "../../src/cli/page/packed-trace.ts";
import { Assembler, PcapReading } from "../../src/evidence/index.ts";
import { EXPORT_FORMATS } from "../../src/export/index.ts";
import { Referee } from "../../src/referee/index.ts";
import type { TraceEvent } from "../../src/trace/events.ts";
import { INTERFACES } from "../../src/trace/head.ts";
import { Recorder, readTrace } from "../../src/trace/index.ts";
import { told } from "../evidence/told.ts";
import { lines } from "../trace/samples.ts";
import { exported } from "./exports.ts";
import { type Match, played } from "./matches.ts";

// What docs/tools.md says of each format, held against the files themselves.

const MATCHES = INTERFACES.map((kind) => played("device-id", kind));

/** The rows of the table: format, single events that show, events that come back. */
const ROWS = readFileSync("docs/tools.md", "utf8")
  .split("\n")
  .filter((line) => /^\| `\w+` \|/.test(line))
  .map((line) =>
    line.split("|").map((cell) => [...cell.matchAll(/`([\w.]+)`/g)].map(([, word = ""]) => word)),
  )
  .map(([, [format = ""] = [], shows = [], back = []]) => ({ format, shows, back }));

/** How what was written in a format is read again. */
const READ_BACK: Readonly<Record<string, (file: Uint8Array) => readonly TraceEvent[]>> = {
  pcapng: (file) => {
    const recorder = new Recorder();
    const assembler = new Assembler(() => recorder);
    const reading = new PcapReading((each) => assembler.take(each));
    reading.push(file);
    reading.end();
    assembler.end();
    return recorder.events;
  },
  vcd: (file) => told(new TextDecoder().decode(file)).traces[0]?.events ?? [],
};

test("every format is in the table, and the page", () => {
  expect(ROWS.map(({ format }) => format)).toEqual([
    ...EXPORT_FORMATS.map(({ name }) => name),
    "page",
  ]);
});

describe.each(EXPORT_FORMATS.map(({ name }) => name))("%s", (name) => {
  // Goal: nothing is shown, or left out, that is not said. Method: two of an event come behind all else, and the file is
  // another one, or not. What would bring a finding with it shows nothing.
  test("shows those single events, and leaves out the others", () => {
    const shown = new Set<string>();
    for (const { head, events } of MATCHES) {
      const apart = events.map((event) => ({ ...event, n: 3 * event.n }));
      const plain = exported(name, { head, events: apart });
      for (const [body] of lines) {
        const more = [...apart.slice(0, -1), ...twice(body, apart.at(-1)), ...apart.slice(-1)];
        if (findings({ head, events: more }) > 0) continue;
        if (Buffer.compare(exported(name, { head, events: more }), plain) !== 0) shown.add(body.e);
      }
    }
    expect([...shown].sort()).toEqual(ROWS.find(({ format }) => format === name)?.shows.toSorted());
  });

  test("gives those events back", () => {
    const back = new Set<string>();
    for (const match of MATCHES) {
      const again = READ_BACK[name]?.(exported(name, match)) ?? [];
      for (const each of sameIn(match.events.filter(isDrawn(match)), again)) back.add(each);
    }
    expect([...back].sort()).toEqual(ROWS.find(({ format }) => format === name)?.back.toSorted());
  });
});

test("the page gives all of it back, as it was", async () => {
  for (const { head, events } of MATCHES) {
    const packed = new PackedTrace(head, { unmasked: true });
    for (const event of events) packed.event(event);
    const again = readTrace(gunzipSync(await packed.end()).toString("utf8"));
    expect(again.head).toEqual(head);
    expect(again.events).toEqual([...events]);
  }
});

/** Whether waves can show it: they do not show a stop on an idle bus. */
function isDrawn({ events }: Match): (event: TraceEvent) => boolean {
  const idle = new Set<TraceEvent>();
  let isIdle = true;
  for (const event of events) {
    if (event.e !== "host.bus") continue;
    if (isIdle && event.op === "stop") idle.add(event);
    isIdle = event.op === "stop";
  }
  return (event) => !idle.has(event);
}

function twice(body: (typeof lines)[number][0], end: TraceEvent | undefined): TraceEvent[] {
  const { n = 0, t = 0 } = end ?? {};
  const other: Record<string, unknown> = { ...body };
  for (const field of ["value", "status", "level"]) {
    const value = other[field];
    if (typeof value === "number") other[field] = value ^ 1;
  }
  return [
    { ...body, n: n - 2, t },
    { ...body, ...other, n: n - 1, t },
  ];
}

function findings({ head, events }: Match): number {
  const referee = new Referee(head);
  for (const event of events) referee.event(event);
  return referee.found;
}

/** The names of the events of which there are the same in both, in their order, but for when they were and their numbers. */
function sameIn(events: readonly TraceEvent[], again: readonly TraceEvent[]): string[] {
  const [one, other] = [contents(events), contents(again)];
  return [...one.keys()].filter((name) => name !== "end" && one.get(name) === other.get(name));
}

function contents(events: readonly TraceEvent[]): ReadonlyMap<string, string> {
  const byName = new Map<string, string>();
  for (const { n: _n, t: _t, ...event } of events) {
    const content = JSON.stringify({
      ...event,
      tag: 0,
      ...("message" in event ? { message: [...event.message] } : {}),
    });
    byName.set(event.e, `${byName.get(event.e) ?? ""}${content}\n`);
  }
  return byName;
}
