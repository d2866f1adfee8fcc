import { ActingFaults, type ActiveFault } from "../acting-faults.ts";
import { nothing, type OpalPort, type OpalReceived } from "./port.ts";
import { OPAL_RESPONSE_BYTES_MIN, type OpalCode } from "./protocol.ts";

/** What a firmware can be made to do, each `count` times, after `skip` calls or responses that pass. */
export type OpalFault =
  /** The call does nothing and returns `code`; a response that was there stays there. */
  | (Counted & {
      readonly kind: "returns";
      readonly call: "send" | "recv";
      readonly code: OpalCode;
    })
  /** A response comes otherwise than the BMC made it. */
  | (Counted & { readonly kind: "gives"; readonly what: OpalSpoilt });

/**
 * `short`: without completion code and data. `oversize`: the length is said to be more than the
 * caller has room for. `another-command`: it is called another command's. `another-version`: of
 * version 2.
 */
export type OpalSpoilt = "short" | "oversize" | "another-command" | "another-version";

interface Counted {
  readonly count: number;
  readonly skip?: number | undefined;
}

const OTHER_VERSION = 2;
/** Of a message the version, NetFn and command are left, and not the completion code. */
const SHORT_BYTES = OPAL_RESPONSE_BYTES_MIN - 1;
const COMMAND_AT = 2;

/** The firmware's calls with what it was told to do wrong; with no fault active it passes all on. */
export class FaultyOpal implements OpalPort {
  private readonly _inner: OpalPort;
  private readonly _acting = new ActingFaults<OpalFault>();
  private _absent = 0;

  constructor(inner: OpalPort) {
    this._inner = inner;
  }

  /** Lets a fault act from now until it is ended or its count is used up (then `ended`). */
  inject(fault: OpalFault, ended: () => void = () => {}): ActiveFault<OpalFault> {
    return this._acting.add(fault, ended);
  }

  /** The firmware reaches nobody until that ends. */
  absent(): { readonly acted: boolean; end(): void } {
    this._absent++;
    return { acted: true, end: () => this._absent-- };
  }

  send(message: Uint8Array): OpalCode {
    if (this._absent > 0) return "hardware";
    return this.#returns("send") ?? this._inner.send(message);
  }

  recv(version: number, room: number): OpalReceived {
    const code = this.#returns("recv");
    if (code !== undefined) return nothing(code);
    const received = this._inner.recv(version, room);
    return received.code === "success" ? this.#spoilt(received, room) : received;
  }

  #returns(call: "send" | "recv"): OpalCode | undefined {
    for (const acting of this._acting.all()) {
      const { fault } = acting;
      if (fault.kind === "returns" && fault.call === call && acting.take()) return fault.code;
    }
    return undefined;
  }

  #spoilt(received: OpalReceived, room: number): OpalReceived {
    for (const acting of this._acting.all()) {
      const { fault } = acting;
      if (fault.kind === "gives" && acting.take()) received = SPOIL[fault.what](received, room);
    }
    return received;
  }
}

type Spoil = (received: OpalReceived, room: number) => OpalReceived;

const SPOIL: Readonly<Record<OpalSpoilt, Spoil>> = {
  short: (received) => {
    const message = received.message.slice(0, SHORT_BYTES);
    return { ...received, length: message.length, message };
  },
  oversize: (received, room) => ({ ...received, length: room + 1 }),
  "another-command": (received) => ({ ...received, message: turned(received, COMMAND_AT, 0x40) }),
  "another-version": (received) => {
    return {
      ...received,
      message: turned(received, 0, (received.message[0] ?? 0) ^ OTHER_VERSION),
    };
  },
};

/** The message with some bits of a byte turned over. */
function turned({ message }: OpalReceived, at: number, bits: number): Uint8Array {
  return message.map((byte, index) => (index === at ? byte ^ bits : byte));
}
