import { hex, parseHex } from "../../ipmi/message.ts";
import type { StreamEnd } from "./line.ts";

/** Some bytes that went over a stream, by who wrote them. */
export interface StreamPiece {
  /** In µs. */
  readonly us: number;
  readonly from: "host" | "bmc";
  readonly bytes: Uint8Array;
}

/** A BMC's end of a stream that tells what goes through it, as it does. */
export class LoggedStream implements StreamEnd {
  private readonly _end: StreamEnd;
  private readonly _now: () => number;
  private readonly _told: (piece: StreamPiece) => void;

  constructor(end: StreamEnd, now: () => number, told: (piece: StreamPiece) => void) {
    this._end = end;
    this._now = now;
    this._told = told;
  }

  receive(taken: (bytes: Uint8Array) => void): void {
    this._end.receive((bytes) => {
      this._told({ us: this._now(), from: "host", bytes });
      taken(bytes);
    });
  }

  write(bytes: Uint8Array): void {
    this._told({ us: this._now(), from: "bmc", bytes });
    this._end.write(bytes);
  }
}

/** One line of a byte log: `1200 host 5b 31 38`, with its newline. */
export function streamLogLine({ us, from, bytes }: StreamPiece): string {
  return `${us} ${from} ${hex(bytes)}\n`;
}

/** Reads a byte log. Lines of another form are passed over; bytes that are none throw `BadHex`. */
export function readStreamLog(text: string): readonly StreamPiece[] {
  return text.split("\n").flatMap((line) => {
    const [, us, from, bytes] = /^(\d+) (host|bmc) (.*)$/.exec(line) ?? [];
    if (bytes === undefined || (from !== "host" && from !== "bmc")) return [];
    return [{ us: Number(us), from, bytes: parseHex(bytes) }];
  });
}
