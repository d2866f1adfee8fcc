import { HEADER_BYTES, Header, Kind, MAGIC } from "../../src/guest/records.ts";
import type { Report } from "../../src/guest/reports.ts";

type Proper = Exclude<Report, { readonly kind: "garbage" }>;

/** The bytes of a report: what the guest's code makes, written a second time. */
export function frameOf(report: Proper): Uint8Array {
  const [kind, payload] = payloadOf(report);
  const frame = new Uint8Array(HEADER_BYTES + payload.length + 1);
  const view = new DataView(frame.buffer);
  frame[0] = MAGIC;
  view.setUint16(Header.payloadBytes, payload.length, true);
  frame[Header.kind] = kind;
  frame[Header.process] = report.process;
  view.setUint16(Header.step, report.step, true);
  view.setBigUint64(Header.timeUs, BigInt(report.timeUs), true);
  frame.set(payload, HEADER_BYTES);
  frame[frame.length - 1] = -frame.reduce((sum, byte) => sum + byte, 0);
  return frame;
}

function payloadOf(report: Proper): readonly [Kind, readonly number[]] {
  switch (report.kind) {
    case "ready":
      return [Kind.Ready, [report.setupOver ? 1 : 0]];
    case "request":
      return [
        Kind.Request,
        [...word(report.id), report.netFn, report.lun, report.cmd, ...report.data],
      ];
    case "accepted":
      return [Kind.Accepted, word(report.id)];
    case "refused":
      return [Kind.Refused, [...word(report.id), ...word(report.errno)]];
    case "answer":
      return [
        Kind.Received,
        [1, report.netFn, report.cmd, 0, ...word(report.id), report.cc, ...report.data],
      ];
    case "event":
      return [Kind.Received, [2, report.netFn, report.cmd, 0, ...word(0), ...report.data]];
    case "message":
      return [
        Kind.Received,
        [report.receiveType, report.netFn, report.cmd, 0, ...word(0), ...report.data],
      ];
    case "unanswered":
      return [Kind.Unanswered, word(report.id)];
    case "step-done":
      return [Kind.StepDone, []];
    case "step-failed":
      return [Kind.StepFailed, word(report.errno)];
    case "file":
      return [Kind.File, [...report.bytes]];
    case "actor-done":
      return [Kind.ActorDone, []];
    case "died":
      return [Kind.Died, [...word(report.who), ...word(report.status)]];
    case "unfinished":
      return [Kind.Unfinished, [...word(report.who), ...word(report.inStep)]];
    case "all-done":
      return [Kind.AllDone, []];
    case "tick":
      return [Kind.Tick, []];
  }
}

function word(value: number): readonly number[] {
  return [0, 8, 16, 24].map((places) => (value >>> places) & 0xff);
}
