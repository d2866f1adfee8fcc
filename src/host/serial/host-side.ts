import { Cc } from "../../ipmi/completion.ts";
import { BMC_ADDRESS, encodeIpmb, type IpmbFrame, ipmbFrameIn } from "../../ipmi/ipmb.ts";
import type { Request, Response } from "../../ipmi/message.ts";
import { BasicReader, basicFrame } from "../../wire/serial/basic.ts";
import {
  Bridge,
  REMOTE_CONSOLE,
  type SerialMode,
  TERMINAL_HEADER_BYTES,
} from "../../wire/serial/protocol.ts";
import {
  TERMINAL_STYLE,
  type TerminalItem,
  TerminalReader,
  terminalMessage,
} from "../../wire/serial/terminal.ts";

/** What comes from a BMC at a serial port. */
export type FromBmc =
  | {
      readonly kind: "response";
      readonly sequence: number;
      readonly response: Response;
      /** Who made it, where that is told: 20h is the BMC. */
      readonly from: number | undefined;
    }
  /** There is room for the next request. */
  | { readonly kind: "room" }
  /** The BMC could not read what it was sent, or did not do what it was asked in words. */
  | { readonly kind: "error"; readonly cc: number };

/** One mode of a serial port from the host's side, without time. */
export interface HostSide {
  take(bytes: Uint8Array): readonly FromBmc[];
  request(sequence: number, request: Request): Uint8Array;
}

export function hostSide(mode: SerialMode): HostSide {
  return mode === "serial-terminal" ? new TerminalHostSide() : new BasicHostSide();
}

/** More than a response of 255 bytes has. */
const RESPONSE_CHARS_MAX = 1_024;

/** @see IPMI 2.0 §14.7 */
class TerminalHostSide implements HostSide {
  private readonly _reader = new TerminalReader(RESPONSE_CHARS_MAX);

  take(bytes: Uint8Array): readonly FromBmc[] {
    return this._reader.push(bytes).flatMap((item) => fromTerminal(item) ?? []);
  }

  request(sequence: number, { netFn, lun, cmd, data }: Request): Uint8Array {
    const header = [(netFn << 2) | lun, (sequence << 2) | Bridge.Own, cmd];
    return terminalMessage(Uint8Array.of(...header, ...data), TERMINAL_STYLE);
  }
}

function fromTerminal(item: TerminalItem): FromBmc | undefined {
  if (item.kind === "text") return fromWords(item.text);
  if (item.kind !== "message") return undefined;
  const [first = 0, second = 0, cmd = 0, cc] = item.bytes;
  const netFn = first >> 2;
  // A request is an echo of ours.
  if (cc === undefined || netFn % 2 === 0) return undefined;
  const data = item.bytes.slice(TERMINAL_HEADER_BYTES + 1);
  const response = { netFn, lun: first & 3, cmd, cc, data };
  return { kind: "response", sequence: second >> 2, response, from: undefined };
}

function fromWords(text: string): FromBmc | undefined {
  const [word = "", code = ""] = text.toUpperCase().split(" ");
  if (word === "SYS" && code === "") return { kind: "room" };
  if (word !== "ERR") return undefined;
  const cc = /^[0-9A-F]{2}$/.test(code) ? Number.parseInt(code, 16) : Cc.Unspecified;
  return { kind: "error", cc };
}

/** @see IPMI 2.0 §14.4 */
class BasicHostSide implements HostSide {
  private readonly _reader = new BasicReader();

  take(bytes: Uint8Array): readonly FromBmc[] {
    return this._reader.push(bytes).flatMap((item): readonly FromBmc[] => {
      if (item.kind === "handshake") return [{ kind: "room" }];
      const frame = ipmbFrameIn(item.bytes);
      return frame === undefined ? [] : (fromFrame(frame) ?? []);
    });
  }

  request(sequence: number, { netFn, lun, cmd, data }: Request): Uint8Array {
    return basicFrame(
      encodeIpmb({
        ...{ to: BMC_ADDRESS, toLun: lun, netFn, from: REMOTE_CONSOLE, fromLun: 0 },
        ...{ sequence, cmd, data },
      }),
    );
  }
}

/** What a satellite says comes to the BMC's address, in whose name it was asked. */
function fromFrame({ to, netFn, sequence, from, fromLun, cmd, data }: IpmbFrame) {
  const [cc, ...rest] = data;
  const forUs = to === REMOTE_CONSOLE || to === BMC_ADDRESS;
  if (cc === undefined || netFn % 2 === 0 || !forUs) return undefined;
  const response = { netFn, lun: fromLun, cmd, cc, data: Uint8Array.from(rest) };
  return [{ kind: "response" as const, sequence, response, from }];
}
