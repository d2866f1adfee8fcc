import {
  HEADER_BYTES,
  Header,
  Kind,
  MAGIC,
  PAYLOAD_BYTES_MAX,
  RECEIVED_HEADER_BYTES,
  REQUEST_HEADER_BYTES,
} from "./records.ts";

/** What the guest reported. */
export type Report = (ReportHead & ReportBody) | Garbage;

/** What is common to all reports. */
export interface ReportHead {
  /** 0 is the set-up, 1.. are the actors in their order, `MAIN` and `CLOCK` the rest. */
  readonly process: number;
  /** The step in which the process was, as `numberedSteps` counts. */
  readonly step: number;
  /** The guest's CLOCK_MONOTONIC. Never goes back from one report to the next. */
  readonly timeUs: number;
}

export type ReportBody =
  | { readonly kind: "ready"; readonly setupOver: boolean }
  | {
      /** A request is about to be handed in; `accepted` or `refused` follows. */
      readonly kind: "request";
      readonly id: number;
      readonly netFn: number;
      readonly lun: number;
      readonly cmd: number;
      readonly data: Uint8Array;
    }
  | { readonly kind: "accepted"; readonly id: number }
  | { readonly kind: "refused"; readonly id: number; readonly errno: number }
  | ({ readonly kind: "answer"; readonly id: number; readonly cc: number } & ReceivedMessage)
  | ({ readonly kind: "event" } & ReceivedMessage)
  | ({ readonly kind: "message"; readonly receiveType: number } & ReceivedMessage)
  | { readonly kind: "unanswered"; readonly id: number }
  | { readonly kind: "step-done" }
  | { readonly kind: "step-failed"; readonly errno: number }
  | { readonly kind: "file"; readonly bytes: Uint8Array }
  | { readonly kind: "actor-done" }
  | { readonly kind: "died"; readonly who: number; readonly status: number }
  | { readonly kind: "unfinished"; readonly who: number; readonly inStep: number }
  | { readonly kind: "all-done" }
  | { readonly kind: "tick" };

/** A message that the handler delivered; an answer's `data` is what follows the completion code. */
export interface ReceivedMessage {
  readonly netFn: number;
  readonly cmd: number;
  readonly data: Uint8Array;
}

/** Bytes that are no report. */
export interface Garbage {
  readonly kind: "garbage";
  readonly bytes: Uint8Array;
}

/** Receive types of the message handler. */
const RESPONSE = 1;
const EVENT = 2;
/** Garbage is handed on in pieces of at most this length. */
const GARBAGE_BYTES_MAX = 256;
/** The high half of a time that is still an exact number. */
const TIME_HIGH_MAX = 0x1f_ffff;
const KIND_MAX = Math.max(...Object.values(Kind));

/**
 * Makes reports out of the bytes from the mailbox, however they are cut. Total: what is not a
 * report becomes garbage, and reading goes on at the next byte that can begin one.
 */
export class ReportReader {
  #pending: number[] = [];
  #garbage: number[] = [];

  /** Takes bytes; gives the reports that are complete with them. */
  push(bytes: Uint8Array): Report[] {
    const reports: Report[] = [];
    for (const byte of bytes) {
      this.#pending.push(byte);
      this.#read(reports);
    }
    return reports;
  }

  /** No more bytes come: what is left is garbage. */
  end(): Report[] {
    const reports: Report[] = [];
    while (this.#pending.length > 0) {
      this.#skip(reports);
      this.#read(reports);
    }
    this.#flushGarbage(reports);
    return reports;
  }

  #read(reports: Report[]): void {
    while (this.#pending.length > 0) {
      const verdict = examine(this.#pending);
      if (verdict === "incomplete") return;
      if (verdict === "garbage") {
        this.#skip(reports);
        continue;
      }
      this.#flushGarbage(reports);
      reports.push(verdict.report);
      this.#pending.splice(0, verdict.bytes);
    }
  }

  /** The first pending byte does not begin a report. */
  #skip(reports: Report[]): void {
    this.#garbage.push(...this.#pending.splice(0, 1));
    if (this.#garbage.length === GARBAGE_BYTES_MAX) this.#flushGarbage(reports);
  }

  #flushGarbage(reports: Report[]): void {
    if (this.#garbage.length === 0) return;
    reports.push({ kind: "garbage", bytes: Uint8Array.from(this.#garbage) });
    this.#garbage = [];
  }
}

type Verdict = "incomplete" | "garbage" | { readonly report: Report; readonly bytes: number };

/** What the bytes begin with. Says `garbage` as soon as it is certain. */
function examine(bytes: readonly number[]): Verdict {
  if (bytes[0] !== MAGIC) return "garbage";
  const kind = bytes[Header.kind];
  if (kind === undefined) return "incomplete";
  const payloadBytes = (bytes[1] ?? 0) | ((bytes[2] ?? 0) << 8);
  if (payloadBytes > PAYLOAD_BYTES_MAX || kind === 0 || kind > KIND_MAX) return "garbage";
  const length = HEADER_BYTES + payloadBytes + 1;
  if (bytes.length < length) return "incomplete";
  const frame = Uint8Array.from(bytes.slice(0, length));
  if (frame.reduce((sum, byte) => (sum + byte) & 0xff, 0) !== 0) return "garbage";
  const head = readHead(frame);
  const body = readBody(kind, frame.subarray(HEADER_BYTES, length - 1));
  if (head === undefined || body === undefined) return "garbage";
  return { report: { ...head, ...body }, bytes: length };
}

function readHead(frame: Uint8Array): ReportHead | undefined {
  const view = new DataView(frame.buffer);
  const high = view.getUint32(Header.timeUs + 4, true);
  if (high > TIME_HIGH_MAX) return undefined;
  return {
    process: view.getUint8(Header.process),
    step: view.getUint16(Header.step, true),
    timeUs: high * 2 ** 32 + view.getUint32(Header.timeUs, true),
  };
}

function readBody(kind: number, payload: Uint8Array): ReportBody | undefined {
  const words = readWords(payload);
  switch (kind) {
    case Kind.Ready:
      return payload.length === 1 ? { kind: "ready", setupOver: payload[0] !== 0 } : undefined;
    case Kind.Request:
      return readRequest(payload);
    case Kind.Received:
      return readReceived(payload);
    case Kind.File:
      return { kind: "file", bytes: payload.slice() };
    case Kind.Accepted:
      return words?.length === 1 ? { kind: "accepted", id: words[0] ?? 0 } : undefined;
    case Kind.Unanswered:
      return words?.length === 1 ? { kind: "unanswered", id: words[0] ?? 0 } : undefined;
    case Kind.StepFailed:
      return words?.length === 1 ? { kind: "step-failed", errno: words[0] ?? 0 } : undefined;
  }
  return readPair(kind, words) ?? readEmpty(kind, payload);
}

function readPair(kind: number, words: readonly number[] | undefined): ReportBody | undefined {
  if (words?.length !== 2) return undefined;
  const [first = 0, second = 0] = words;
  if (kind === Kind.Refused) return { kind: "refused", id: first, errno: second };
  if (kind === Kind.Died) return { kind: "died", who: first, status: second };
  if (kind === Kind.Unfinished) return { kind: "unfinished", who: first, inStep: second };
  return undefined;
}

function readEmpty(kind: number, payload: Uint8Array): ReportBody | undefined {
  if (payload.length !== 0) return undefined;
  if (kind === Kind.StepDone) return { kind: "step-done" };
  if (kind === Kind.ActorDone) return { kind: "actor-done" };
  if (kind === Kind.AllDone) return { kind: "all-done" };
  if (kind === Kind.Tick) return { kind: "tick" };
  return undefined;
}

function readRequest(payload: Uint8Array): ReportBody | undefined {
  if (payload.length < REQUEST_HEADER_BYTES) return undefined;
  const [, , , , netFn = 0, lun = 0, cmd = 0] = payload;
  const id = readWords(payload.subarray(0, 4))?.[0] ?? 0;
  return { kind: "request", id, netFn, lun, cmd, data: payload.slice(REQUEST_HEADER_BYTES) };
}

function readReceived(payload: Uint8Array): ReportBody | undefined {
  if (payload.length < RECEIVED_HEADER_BYTES) return undefined;
  const [receiveType = 0, netFn = 0, cmd = 0] = payload;
  const id = readWords(payload.subarray(4, 8))?.[0] ?? 0;
  const data = payload.slice(RECEIVED_HEADER_BYTES);
  const cc = data[0];
  if (receiveType === EVENT) return { kind: "event", netFn, cmd, data };
  if (receiveType !== RESPONSE || cc === undefined) {
    return { kind: "message", receiveType, netFn, cmd, data };
  }
  return { kind: "answer", id, netFn, cmd, cc, data: data.slice(1) };
}

/** The payload as 32-bit words; undefined when it is not made of whole ones. */
function readWords(payload: Uint8Array): readonly number[] | undefined {
  if (payload.length % 4 !== 0) return undefined;
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  return Array.from({ length: payload.length / 4 }, (_, index) => view.getUint32(index * 4, true));
}
