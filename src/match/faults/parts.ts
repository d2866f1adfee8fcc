import type { TraceEvent } from "../../trace/events.ts";
import { SsifCommand } from "../../wire/ssif/protocol.ts";

/** What can be on its way over a wire. */
export type Message = "request" | "response";

/**
 * Numbers the parts of messages as they go over the wire: on SSIF the blocks, elsewhere the bytes of
 * a response, as the host reads them.
 */
export class Parts implements Record<Message, number> {
  request = 0;
  response = 0;
  /** So many bytes the response at hand has: what is read behind them is none of it. */
  private _length = 0;
  /** A transaction of the bus has begun, and its command is to come. */
  private _begun = false;

  /** Which message's next part is on its way with this event, if one is. */
  event(event: TraceEvent): Message | undefined {
    switch (event.e) {
      case "bmc.response":
        this.response = 0;
        this._length = event.message.length;
        return undefined;
      case "host.read":
        if (event.reg !== "data" || this.response >= this._length) return undefined;
        this.response++;
        return "response";
      case "bmc.bus":
        if (event.outcome !== "ack") return undefined;
        if (event.op === "write" && this._begun) return this.#block(event.value);
        this._begun = event.op === "start" && (event.value & 1) === 0;
        return undefined;
      default:
        return undefined;
    }
  }

  #block(command: number): Message | undefined {
    this._begun = false;
    switch (command) {
      case SsifCommand.SinglePartWrite:
      case SsifCommand.WriteStart:
        this.request = 1;
        return "request";
      case SsifCommand.WriteMiddle:
      case SsifCommand.WriteEnd:
        this.request++;
        return "request";
      case SsifCommand.ReadStart:
        this.response = 1;
        return "response";
      case SsifCommand.ReadMiddle:
        this.response++;
        return "response";
      default:
        return undefined;
    }
  }
}
