/**
 * The guest's reports as bytes, little endian: what both ends agree on.
 *
 *     0  MAGIC
 *     1  u16 length of the payload
 *     3  u8  Kind
 *     4  u8  process: 0 the set-up, 1.. the actors, MAIN, CLOCK
 *     5  u16 number of the step in which the process is
 *     7  u64 CLOCK_MONOTONIC in µs
 *    15  payload
 *    ..  u8  makes the sum of all bytes 0 modulo 256
 */
export const MAGIC = 0xb5;
export const Header = { payloadBytes: 1, kind: 3, process: 4, step: 5, timeUs: 7 } as const;
export const HEADER_BYTES = 15;
export const PAYLOAD_BYTES_MAX = 1_088;

/** Processes that are neither the set-up nor an actor. */
export const MAIN = 0xfe;
export const CLOCK = 0xff;

/** Payloads: u32 unless said otherwise. */
export const Kind = {
  /** The set-up is over, times count from here: u8 1 when it ended, 0 when its limit passed. */
  Ready: 1,
  /** A request is about to be handed in: id, u8 netFn, u8 lun, u8 cmd, data. */
  Request: 2,
  /** The request was accepted: id. */
  Accepted: 3,
  /** The request was refused: id, errno. */
  Refused: 4,
  /** A message was received: u8 type, u8 netFn, u8 cmd, u8 0, msgid, data. */
  Received: 5,
  /** The wait for the answer is over, without one: id. */
  Unanswered: 6,
  /** The step that acts on files, modules or devices succeeded. */
  StepDone: 7,
  /** The step failed: errno. */
  StepFailed: 8,
  /** What was read from a file: bytes. */
  File: 9,
  /** The process came to the end of its steps. */
  ActorDone: 10,
  /** A process ended otherwise: its number, its wait status. */
  Died: 11,
  /** A process is not over at the limit: its number, its step. */
  Unfinished: 12,
  /** Nothing is left to wait for. */
  AllDone: 13,
  /** The clock's tick, where there is no mailbox for it. */
  Tick: 14,
} as const;
export type Kind = (typeof Kind)[keyof typeof Kind];

/** Bytes of a received message's payload before its data. */
export const RECEIVED_HEADER_BYTES = 8;
/** Bytes of a request's payload before its data. */
export const REQUEST_HEADER_BYTES = 7;
