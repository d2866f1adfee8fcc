/**
 * A reader of what goes over a serial port, written for itself and not from ours: it takes nothing but whole
 * messages, and throws at whatever else there is.
 */
export interface LoggedMessage {
  readonly from: "host" | "bmc";
  readonly netFn: number;
  readonly sequence: number;
  readonly cmd: number;
  /** Behind the command: of a response, the completion code first. */
  readonly data: readonly number[];
}

/** The lines of `serve --log`, joined to what each end wrote in one go. */
function turns(
  log: string,
): readonly { readonly from: "host" | "bmc"; readonly bytes: number[] }[] {
  const all: { from: "host" | "bmc"; bytes: number[] }[] = [];
  for (const line of log.trimEnd().split("\n")) {
    const [us = "", from = "", ...words] = line.split(" ");
    if (!/^\d+$/.test(us) || (from !== "host" && from !== "bmc")) throw new Error(`log: ${line}`);
    const bytes = words.map((word) => Number.parseInt(word, 16));
    const last = all.at(-1);
    if (last?.from === from) last.bytes.push(...bytes);
    else all.push({ from, bytes });
  }
  return all;
}

/** Each turn in terminal mode is lines of `[XX XX ...]`, and nothing between them. */
export function terminalMessages(log: string): readonly LoggedMessage[] {
  return turns(log).flatMap(({ from, bytes }) => {
    const text = String.fromCharCode(...bytes);
    const lines = text.match(/\[(?:[0-9A-Fa-f]{2} ?)+\]\r\n/g) ?? [];
    if (lines.join("") !== text) throw new Error(`not lines of terminal mode: ${text}`);
    return lines.map((line) => {
      const [first = 0, second = 0, cmd = 0, ...data] = (line.match(/[0-9A-Fa-f]{2}/g) ?? []).map(
        (pair) => Number.parseInt(pair, 16),
      );
      return { from, netFn: first >> 2, sequence: second >> 2, cmd, data };
    });
  });
}

const ESCAPED = new Map<number, number>([
  ...([
    [0xb0, 0xa0],
    [0xb5, 0xa5],
    [0xb6, 0xa6],
  ] as const),
  ...([
    [0xba, 0xaa],
    [0x3b, 0x1b],
  ] as const),
]);

/** Each turn in basic mode is whole frames, whose two sums are right. */
export function basicMessages(log: string): readonly LoggedMessage[] {
  return turns(log).flatMap(({ from, bytes }) => {
    const frames: number[][] = [];
    for (let at = 0; at < bytes.length; ) {
      const end = bytes.indexOf(0xa5, at);
      if (bytes[at] !== 0xa0 || end < 0) throw new Error(`not a frame at ${at}: ${bytes}`);
      frames.push(bytes.slice(at + 1, end));
      at = end + 1;
    }
    return frames.map((frame) => basicMessage(from, frame));
  });
}

function basicMessage(from: "host" | "bmc", frame: readonly number[]): LoggedMessage {
  const plain: number[] = [];
  for (let at = 0; at < frame.length; at++) {
    const byte = frame[at] ?? 0;
    const escaped = byte === 0xaa ? ESCAPED.get(frame[++at] ?? 0) : byte;
    if (escaped === undefined) throw new Error(`no such escape in ${frame}`);
    plain.push(escaped);
  }
  const sum = (part: readonly number[]) => part.reduce((total, byte) => total + byte, 0) % 256;
  if (sum(plain.slice(0, 3)) !== 0 || sum(plain.slice(3)) !== 0) {
    throw new Error(`a wrong sum in ${plain}`);
  }
  const [, first = 0, , , second = 0, cmd = 0, ...rest] = plain;
  return { from, netFn: first >> 2, sequence: second >> 2, cmd, data: rest.slice(0, -1) };
}
