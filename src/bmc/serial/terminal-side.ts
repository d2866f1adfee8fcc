import { NetFn } from "../../ipmi/command-table.ts";
import { ChassisAction, chassisControl } from "../../ipmi/commands/chassis/chassis.ts";
import { Cc } from "../../ipmi/completion.ts";
import type { IpmbFrame } from "../../ipmi/ipmb.ts";
import { decodeResponse, encodeRequest, RESPONSE_BIT } from "../../ipmi/message.ts";
import { Bridge, REMOTE_CONSOLE, TERMINAL_HEADER_BYTES } from "../../wire/serial/protocol.ts";
import {
  type TerminalItem,
  TerminalReader,
  terminalMessage,
  terminalText,
} from "../../wire/serial/terminal.ts";
import type { SerialInput, SerialManners, SerialSide, SerialTicket } from "./side.ts";

const NOTHING = new Uint8Array();

/** What is asked for in words, as the command that does it. @see IPMI 2.0 §14.7.8 */
const WORDS: Readonly<Record<string, number>> = {
  "SYS POWER OFF": ChassisAction.PowerDown,
  "SYS POWER ON": ChassisAction.PowerUp,
  "SYS RESET": ChassisAction.HardReset,
};

/** A serial port in terminal mode: lines that a person could write. @see IPMI 2.0 §14.7 */
export class TerminalSide implements SerialSide {
  private readonly _reader = new TerminalReader();
  private readonly _manners: SerialManners;

  constructor(manners: SerialManners) {
    this._manners = manners;
  }

  take(bytes: Uint8Array): readonly SerialInput[] {
    const inputs = this._reader.push(bytes).flatMap((item) => this.#input(item) ?? []);
    return this._manners.echo ? [{ kind: "write", bytes }, ...inputs] : inputs;
  }

  ready(): Uint8Array {
    return this._manners.handshake ? this.#text("SYS") : NOTHING;
  }

  answer({ sequence, inWords }: SerialTicket, response: Uint8Array): Uint8Array {
    const { netFn, lun, cmd, cc, data } = decodeResponse(response);
    if (inWords) return this.#text(cc === Cc.Ok ? "OK" : errorText(cc));
    const header = [(netFn << 2) | lun, (sequence << 2) | Bridge.Own, cmd];
    return terminalMessage(Uint8Array.of(...header, cc, ...data), this._manners);
  }

  bridged({ netFn, fromLun, sequence, cmd, data }: IpmbFrame): Uint8Array {
    const header = [(netFn << 2) | fromLun, (sequence << 2) | Bridge.Bridged, cmd];
    return terminalMessage(Uint8Array.of(...header, ...data), this._manners);
  }

  #input(item: TerminalItem): SerialInput | undefined {
    switch (item.kind) {
      case "message":
        return this.#request(item.bytes);
      case "text":
        return this.#words(item.text.toUpperCase().replaceAll(/ +/g, " ").trim());
      case "refused":
        return this.#says(
          errorText(item.why === "length" ? Cc.RequestLengthExceeded : Cc.InvalidField),
        );
      case "escape":
        return undefined;
      case "switch":
        return this.#says("TMODE OK");
    }
  }

  #request(bytes: Uint8Array): SerialInput | undefined {
    const [first = 0, second = 0, cmd] = bytes;
    if (cmd === undefined) return this.#says(errorText(Cc.RequestLengthInvalid));
    const netFn = first >> 2;
    // An echo of ours, or another's answer: answered, it would go round for ever.
    if ((first & RESPONSE_BIT) !== 0) return undefined;
    const data = bytes.slice(TERMINAL_HEADER_BYTES);
    const message = encodeRequest({ netFn, lun: first & 3, cmd, data });
    return { kind: "request", message, ticket: ticketOf(second >> 2, false) };
  }

  #words(text: string): SerialInput | undefined {
    if (text === "SYS TMODE") return this.#says("OK TMODE");
    const action = WORDS[text];
    // `SYS` alone, `OK` and `ERR` are what a BMC says.
    if (action === undefined)
      return text.startsWith("SYS ") ? this.#says(errorText(Cc.InvalidCommand)) : undefined;
    const data = chassisControl.request.encode({ action });
    const message = encodeRequest({ netFn: NetFn.Chassis, lun: 0, cmd: chassisControl.cmd, data });
    return { kind: "request", message, ticket: ticketOf(0, true) };
  }

  #says(text: string): SerialInput {
    return { kind: "write", bytes: this.#text(text) };
  }

  #text(text: string): Uint8Array {
    return terminalText(text, this._manners);
  }
}

function ticketOf(sequence: number, inWords: boolean): SerialTicket {
  return { requester: REMOTE_CONSOLE, requesterLun: 0, sequence, inWords };
}

/** @see IPMI 2.0 §14.7 */
function errorText(cc: number): string {
  return `ERR ${cc.toString(16).toUpperCase().padStart(2, "0")}`;
}
