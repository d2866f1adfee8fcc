import { RESPONSE_BIT } from "../../ipmi/message.ts";
import type { Tracer } from "../../trace/tracer.ts";
import type { Message } from "../sighting.ts";

/** Requests and responses as they were at the BMC, of a wire that nobody saw. */
export class Messages {
  readonly #tracer: Tracer;
  #tag = 0;
  /** The request that the next response may be to. */
  #open: Uint8Array | undefined;

  constructor(tracer: Tracer) {
    this.#tracer = tracer;
  }

  take({ toBmc, bytes: message }: Message): void {
    if (toBmc) {
      this.#open = message;
      this.#tracer.emit({ e: "bmc.request", tag: ++this.#tag, message });
      return;
    }
    // One to another request belongs to nothing that is known; nor does one more to the same.
    if (this.#open === undefined || !answers(this.#open, message)) return;
    this.#open = undefined;
    this.#tracer.emit({ e: "bmc.response", tag: this.#tag, message });
  }
}

function answers([netFnLun = 0, cmd]: Uint8Array, response: Uint8Array): boolean {
  return response[0] === (netFnLun | RESPONSE_BIT) && response[1] === cmd;
}
