import { Field, Type as MessageType, Root } from "protobufjs";
import { describe, expect, test } from "vitest";
import { ProtobufWriter } from "../../src/export/protobuf.ts";
import { INTERFACES } from "../../src/trace/head.ts";
import { exported } from "./exports.ts";
import { played } from "./matches.ts";

// The published numbers of the fields, written down a second time: what decodes is not what encoded.
const root = new Root();
const annotation = new MessageType("DebugAnnotation")
  .add(new Field("stringValue", 6, "string"))
  .add(new Field("name", 10, "string"));
const trackEvent = new MessageType("TrackEvent")
  .add(new Field("debugAnnotations", 4, "DebugAnnotation", "repeated"))
  .add(new Field("type", 9, "uint32"))
  .add(new Field("trackUuid", 11, "uint64"))
  .add(new Field("name", 23, "string"));
const descriptor = new MessageType("TrackDescriptor")
  .add(new Field("uuid", 1, "uint64"))
  .add(new Field("name", 2, "string"))
  .add(new Field("parentUuid", 5, "uint64"));
const packet = new MessageType("TracePacket")
  .add(new Field("timestamp", 8, "uint64"))
  .add(new Field("trustedPacketSequenceId", 10, "uint32"))
  .add(new Field("trackEvent", 11, "TrackEvent"))
  .add(new Field("sequenceFlags", 13, "uint32"))
  .add(new Field("trackDescriptor", 60, "TrackDescriptor"));
const trace = new MessageType("Trace").add(new Field("packet", 1, "TracePacket", "repeated"));
for (const type of [annotation, trackEvent, descriptor, packet, trace]) root.add(type);

interface Packet {
  readonly timestamp?: number;
  readonly trustedPacketSequenceId: number;
  readonly trackEvent?: { type: number; trackUuid: number; name?: string };
  readonly trackDescriptor?: { uuid: number; name: string; parentUuid?: number };
}

function packetsOf(file: Uint8Array): readonly Packet[] {
  const whole = trace.toObject(trace.decode(file), { longs: Number });
  return whole["packet"];
}

describe.each(INTERFACES)("a match on %s", (kind) => {
  const match = played("late-answer", kind);
  const packets = packetsOf(exported("perfetto", match));
  const tracks = packets.flatMap(({ trackDescriptor }) => trackDescriptor ?? []);

  test("has a track for each kind of thing, below the match", () => {
    const names = new Set(tracks.map(({ name }) => name));
    for (const name of ["requests", "transfers", "faults", "lives", "host's interface code"]) {
      expect(names).toContain(name);
    }
    const [whole, ...others] = tracks;
    expect(whole?.parentUuid).toBeUndefined();
    for (const other of others) expect(other.parentUuid).toBe(whole?.uuid);
    expect(new Set(tracks.map(({ uuid }) => uuid)).size).toBe(tracks.length);
  });

  test("on each track slices follow each other, in order of time, and all end", () => {
    const open = new Map<number, number>();
    let last = 0;
    for (const { timestamp, trackEvent: event } of packets) {
      if (event === undefined) continue;
      expect(timestamp).toBeGreaterThanOrEqual(last);
      last = timestamp ?? 0;
      const depth = open.get(event.trackUuid) ?? 0;
      if (event.type === 1) open.set(event.trackUuid, depth + 1);
      if (event.type === 2) open.set(event.trackUuid, depth - 1);
      expect([0, 1]).toContain(open.get(event.trackUuid) ?? 0);
    }
    expect([...open.values()].every((depth) => depth === 0)).toBe(true);
  });

  test("has each request of a user", () => {
    const requests = match.events.filter(({ e }) => e === "request").length;
    const own = tracks.filter(({ name }) => name === "requests").map(({ uuid }) => uuid);
    const begun = packets.filter(({ trackEvent: event }) => {
      return event?.type === 1 && own.includes(event.trackUuid);
    });
    expect(begun).toHaveLength(requests);
    expect(begun[0]?.trackEvent?.name).toMatch(/^Get .* \(.+\)$/);
  });
});

test("numbers of any size are read again as they were", () => {
  const values = [0, 1, 127, 128, 300, 2 ** 31, 2 ** 32 + 5, 2 ** 50];
  for (const value of values) {
    const bytes = new ProtobufWriter().encoded([[1, [[8, value]]]]);
    expect(packetsOf(bytes)).toEqual([{ timestamp: value }]);
  }
});

// Goal: a length takes as many bytes as it needs, and what stands behind it stays whole. Method: texts about the
// lengths at which one byte more is needed, several messages deep.
test("texts of any length, of any letters, are read again as they were", () => {
  const texts = ["", "a".repeat(127), "a".repeat(128), "\u{1f600}é".repeat(40), "b".repeat(20_000)];
  const writer = new ProtobufWriter();
  for (const name of texts) {
    const bytes = writer.encoded([
      [
        1,
        [
          [
            60,
            [
              [1, 7],
              [2, name],
              [5, 1],
            ],
          ],
        ],
      ],
    ]);
    const [{ trackDescriptor } = {}] = packetsOf(bytes);
    expect(trackDescriptor).toEqual({ uuid: 7, name, parentUuid: 1 });
  }
});
