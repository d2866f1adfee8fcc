import { BMC_ADDRESS, encodeIpmb, type IpmbFrame, ipmbFrameIn } from "../../ipmi/ipmb.ts";
import { decodeResponse, encodeRequest } from "../../ipmi/message.ts";
import { type BasicItem, BasicReader, basicFrame } from "../../wire/serial/basic.ts";
import { BasicMark } from "../../wire/serial/protocol.ts";
import type { SerialInput, SerialSide, SerialTicket } from "./side.ts";

const NOTHING = new Uint8Array();

/** A serial port in basic mode: frames with IPMB's layout, between marks. @see IPMI 2.0 §14.4 */
export class BasicSide implements SerialSide {
  private readonly _reader = new BasicReader();
  private readonly _handshake: boolean;

  constructor({ handshake }: { readonly handshake: boolean }) {
    this._handshake = handshake;
  }

  take(bytes: Uint8Array): readonly SerialInput[] {
    return this._reader.push(bytes).flatMap((item) => request(item) ?? []);
  }

  ready(): Uint8Array {
    return this._handshake ? Uint8Array.of(BasicMark.Handshake) : NOTHING;
  }

  answer({ requester, requesterLun, sequence }: SerialTicket, response: Uint8Array): Uint8Array {
    const { netFn, lun, cmd, cc, data } = decodeResponse(response);
    return this.bridged({
      ...{ to: requester, toLun: requesterLun, netFn, from: BMC_ADDRESS, fromLun: lun },
      ...{ sequence, cmd, data: Uint8Array.of(cc, ...data) },
    });
  }

  bridged(frame: IpmbFrame): Uint8Array {
    return basicFrame(encodeIpmb(frame));
  }
}

/** What is damaged, not for the BMC, or no request is dropped: nobody could be told. */
function request(item: BasicItem): SerialInput | undefined {
  const frame = item.kind === "message" ? ipmbFrameIn(item.bytes) : undefined;
  if (frame === undefined || frame.to !== BMC_ADDRESS || frame.netFn % 2 !== 0) return undefined;
  const { netFn, toLun: lun, cmd, data, from, fromLun, sequence } = frame;
  return {
    kind: "request",
    message: encodeRequest({ netFn, lun, cmd, data }),
    ticket: { requester: from, requesterLun: fromLun, sequence, inWords: false },
  };
}
