import { SeatError } from "../../programs/errors.ts";
import type { NamedPipes } from "../qemu/named-pipes.ts";
import {
  type Ask,
  encodeFrame,
  type Frame,
  FrameReader,
  readResult,
  Told,
} from "./carrier-protocol.ts";

/** What came of something that was asked for. */
export interface Outcome {
  /** Below zero an error's number. */
  readonly value: number;
  /** What was read, when something was to be read. */
  readonly bytes: Uint8Array;
}

/** The line's bytes. */
export type LinePipes = Pick<NamedPipes, "sendBytes" | "receiveBytes" | "bytesThere">;

const NOTHING: Uint8Array = new Uint8Array(0);
/** What is asked of a guest that is gone comes to this: an error of the line. */
const EIO = 5;

/**
 * Our end of the serial line to the carrier in the guest. What is asked for is done when the call
 * returns, as a call of a device is; that the device can be read comes by itself, and `look` finds it.
 */
export class CarrierLine {
  /** The device can be read, as far as was told. */
  readable = false;
  private readonly _pipes: LinePipes;
  private readonly _reader = new FrameReader();
  private _frames: Frame[] = [];
  /** What was asked for by `post`, and is not answered yet. */
  private _posted: Ask[] = [];

  constructor(pipes: LinePipes) {
    this._pipes = pipes;
  }

  ask(kind: Ask, payload?: Uint8Array): Outcome {
    return this.#unlessLost({ value: -EIO, bytes: NOTHING }, () => this.#ask(kind, payload));
  }

  /** Asks for something, and does not wait for what comes of it. */
  post(kind: Ask, payload?: Uint8Array): void {
    this._posted.push(kind);
    this._pipes.sendBytes(encodeFrame(kind, payload));
  }

  /** How much of what was posted is not done yet, as far as is known. */
  get owed(): number {
    return this._posted.length;
  }

  /** Takes what has come by itself. */
  look(): void {
    this.#unlessLost(undefined, () => this.#look());
  }

  /** What came of a step of the set-up, if it has come. Throws when the guest is gone. */
  setUp(): { readonly of: number; readonly value: number } | undefined {
    this.#look();
    const frame = this._frames.shift();
    return frame === undefined ? undefined : readResult(frame.payload);
  }

  /** A guest that is gone has said so elsewhere: here it answers no more. */
  #unlessLost<T>(otherwise: T, run: () => T): T {
    try {
      return run();
    } catch (error) {
      if (error instanceof SeatError) return otherwise;
      throw error;
    }
  }

  #ask(kind: Ask, payload: Uint8Array | undefined): Outcome {
    // They are answered in the order in which they were asked.
    const before = this._posted;
    this._posted = [];
    this._pipes.sendBytes(encodeFrame(kind, payload));
    let bytes: Uint8Array = NOTHING;
    for (;;) {
      const frame = this.#next();
      if (frame.kind === Told.Readable) this.readable = true;
      else if (frame.kind !== Told.Result) bytes = frame.payload;
      else {
        const earlier = before.shift();
        const value = this.#result(earlier ?? kind, frame);
        if (earlier === undefined) return { value, bytes };
      }
    }
  }

  #look(): void {
    const bytes = this._pipes.bytesThere();
    if (bytes !== undefined) this._frames.push(...this._reader.push(bytes));
    for (const { kind } of this._frames) if (kind === Told.Readable) this.readable = true;
    this._frames = this._frames.filter(({ kind }) => kind !== Told.Readable);
  }

  #next(): Frame {
    for (;;) {
      const frame = this._frames.shift();
      if (frame !== undefined) return frame;
      this._frames.push(...this._reader.push(this._pipes.receiveBytes()));
    }
  }

  #result(kind: Ask, { payload }: Frame): number {
    const { of, value } = readResult(payload);
    if (of === kind) return value;
    throw new SeatError("QEMU_FAILED", `the guest's carrier answered ${of} when asked for ${kind}`);
  }
}
