import fc from "fast-check";
import { expect, test } from "vitest";
import { MAGIC, PAYLOAD_BYTES_MAX } from "../../src/guest/records.ts";
import { type Report, ReportReader } from "../../src/guest/reports.ts";
import { frameOf } from "./frames.ts";

const SEED = 0x5eed_0b5d;
const word = fc.integer({ min: 0, max: 0xffff_ffff });
const byte = fc.integer({ min: 0, max: 0xff });
const data = fc.uint8Array({ maxLength: 300 });
const head = {
  process: byte,
  step: fc.integer({ min: 0, max: 0xffff }),
  timeUs: fc.maxSafeNat(),
};
const report = fc.oneof(
  fc.record({ ...head, kind: fc.constant("ready" as const), setupOver: fc.boolean() }),
  fc.record({
    ...head,
    kind: fc.constant("request" as const),
    id: word,
    netFn: byte,
    lun: byte,
    cmd: byte,
    data,
  }),
  fc.record({ ...head, kind: fc.constant("accepted" as const), id: word }),
  fc.record({ ...head, kind: fc.constant("refused" as const), id: word, errno: word }),
  fc.record({
    ...head,
    kind: fc.constant("answer" as const),
    id: word,
    netFn: byte,
    cmd: byte,
    cc: byte,
    data,
  }),
  fc.record({ ...head, kind: fc.constant("event" as const), netFn: byte, cmd: byte, data }),
  fc.record({
    ...head,
    kind: fc.constant("message" as const),
    receiveType: fc.integer({ min: 3, max: 0xff }),
    netFn: byte,
    cmd: byte,
    data,
  }),
  fc.record({ ...head, kind: fc.constant("unanswered" as const), id: word }),
  fc.record({ ...head, kind: fc.constant("step-done" as const) }),
  fc.record({ ...head, kind: fc.constant("step-failed" as const), errno: word }),
  fc.record({ ...head, kind: fc.constant("file" as const), bytes: data }),
  fc.record({ ...head, kind: fc.constant("actor-done" as const) }),
  fc.record({ ...head, kind: fc.constant("died" as const), who: word, status: word }),
  fc.record({ ...head, kind: fc.constant("unfinished" as const), who: word, inStep: word }),
  fc.record({ ...head, kind: fc.constant("all-done" as const) }),
  fc.record({ ...head, kind: fc.constant("tick" as const) }),
);
/** Bytes between reports that cannot begin one. */
const noise = fc.uint8Array({ maxLength: 20 }).map((bytes) => bytes.filter((b) => b !== MAGIC));

// Goal: what the guest reports arrives as it was meant, however the mailbox cuts it, and noise
// between reports is named and costs no report.
test("reports come back whole from any pieces, with the noise between them as garbage", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(noise, report), { maxLength: 8 }),
      fc.integer({ min: 1, max: 40 }),
      (items, pieceBytes) => {
        const stream = items.flatMap(([bytes, each]) => [...bytes, ...frameOf(each)]);
        const read = readAll(Uint8Array.from(stream), pieceBytes);
        expect(read.filter((each) => each.kind !== "garbage")).toEqual(items.map(([, r]) => r));
        expect(garbageOf(read)).toEqual(items.flatMap(([bytes]) => [...bytes]));
      },
    ),
    { seed: SEED, numRuns: 200 },
  );
});

// Goal: a report is there with its last byte, not with the next one's first.
test("no report waits for a byte that is not its own", () => {
  fc.assert(
    fc.property(report, (each) => {
      const frame = frameOf(each);
      const reader = new ReportReader();
      expect(reader.push(frame.subarray(0, -1))).toEqual([]);
      expect(reader.push(frame.subarray(-1))).toEqual([each]);
    }),
    { seed: SEED, numRuns: 200 },
  );
});

// Goal: the reader is total, and invents and loses nothing. Method: bytes in which beginnings of
// reports are likely; what comes out, written again, is what went in.
test("any bytes become reports and garbage that make up the same bytes", () => {
  const likely = fc.oneof(byte, fc.constantFrom(MAGIC, 0, 1, 4), fc.constantFrom(MAGIC, 0, 1, 4));
  fc.assert(
    fc.property(fc.array(likely, { maxLength: 400 }), (bytes) => {
      const read = readAll(Uint8Array.from(bytes), 7);
      const written = read.flatMap((each) =>
        each.kind === "garbage" ? [...each.bytes] : [...frameOf(each)],
      );
      expect(written).toEqual(bytes);
    }),
    { seed: SEED, numRuns: 300 },
  );
});

// Goal: a broken report costs only itself. Method: every single byte of one, replaced by others.
test("after a report with a wrong byte the next one is read", () => {
  const broken = frameOf({ kind: "refused", id: 7, errno: 16, process: 1, step: 2, timeUs: 3 });
  const next: Report = { kind: "all-done", process: 0xfe, step: 0, timeUs: 4 };
  for (let index = 0; index < broken.length; index++) {
    for (const wrong of [0x00, 0x80, 0xff, MAGIC]) {
      if (broken[index] === wrong) continue;
      const bytes = Uint8Array.from([...broken, ...frameOf(next)]);
      bytes[index] = wrong;
      const read = readAll(bytes, 1);
      expect(read.filter((each) => each.kind !== "garbage")).toEqual([next]);
      expect(garbageOf(read).length).toBe(broken.length);
    }
  }
});

// Goal: reports whose checksum is right but whose contents cannot be are refused, not guessed at.
test.each([
  ["a length beyond the greatest payload", [MAGIC, 0xff, 0xff, 1]],
  ["an unknown kind", [MAGIC, 0, 0, 0x70]],
  ["kind zero", [MAGIC, 0, 0, 0]],
])("%s is garbage at once", (_name, bytes) => {
  const reader = new ReportReader();
  expect(reader.push(Uint8Array.from(bytes))).toEqual([]);
  const good: Report = { kind: "tick", process: 0xff, step: 0, timeUs: 1 };
  expect(reader.push(frameOf(good)).at(-1)).toEqual(good);
});

test("a payload of the wrong length and a time beyond exactness are garbage", () => {
  const short = frameOf({ kind: "accepted", id: 1, process: 1, step: 1, timeUs: 0 });
  short[3] = 4; // now it claims to be a refusal, which has another word
  short[short.length - 1] = (short[short.length - 1] ?? 0) - 1;
  const late = frameOf({ kind: "tick", process: 1, step: 1, timeUs: 0 });
  late[14] = 1;
  late[late.length - 1] = (late[late.length - 1] ?? 0) - 1;
  for (const bytes of [short, late]) {
    expect(readAll(bytes, 100).every((each) => each.kind === "garbage")).toBe(true);
  }
});

test("garbage is handed on in bounded pieces, without waiting for the end", () => {
  const read = new ReportReader().push(new Uint8Array(2 * PAYLOAD_BYTES_MAX));
  expect(read.length).toBe(Math.floor((2 * PAYLOAD_BYTES_MAX) / 256));
});

function readAll(bytes: Uint8Array, pieceBytes: number): Report[] {
  const reader = new ReportReader();
  const read: Report[] = [];
  for (let start = 0; start < bytes.length; start += pieceBytes) {
    read.push(...reader.push(bytes.subarray(start, start + pieceBytes)));
  }
  return [...read, ...reader.end()];
}

function garbageOf(reports: readonly Report[]): number[] {
  return reports.flatMap((each) => (each.kind === "garbage" ? [...each.bytes] : []));
}
