import type { Tracer } from "../../trace/tracer.ts";
import type { TransactionTags } from "../registers/port.ts";
import type { OpalPort, OpalReceived } from "./port.ts";
import type { OpalCode } from "./protocol.ts";

/** Records the host's calls and what came of each. The firmware's faults lie behind the tap. */
export class OpalHostTap implements OpalPort {
  private readonly _inner: OpalPort;
  private readonly _tracer: Tracer;
  private readonly _tags: TransactionTags;
  private readonly _numbersTransfers: boolean;

  /** `numbersTransfers`: the host tells no tags (it is not ours): each request counts as one of its own. */
  constructor(
    inner: OpalPort,
    tracer: Tracer,
    wire: { tags: TransactionTags; numbersTransfers: boolean },
  ) {
    this._inner = inner;
    this._tracer = tracer;
    this._tags = wire.tags;
    this._numbersTransfers = wire.numbersTransfers;
  }

  send(message: Uint8Array): OpalCode {
    if (this._numbersTransfers) this._tags.request++;
    const tag = this._tags.request;
    const code = this._inner.send(message);
    if (this._tracer.active) {
      this._tracer.emit({ n: 0, t: 0, e: "host.opal-send", message: message.slice(), code, tag });
    }
    return code;
  }

  recv(version: number, room: number): OpalReceived {
    const received = this._inner.recv(version, room);
    if (this._tracer.active) {
      this._tracer.emit({ n: 0, t: 0, e: "host.opal-recv", version, room, ...received });
    }
    return received;
  }
}
