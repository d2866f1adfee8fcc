import { Controller, type ControllerOptions } from "../../src/bmc/controller/controller.ts";
import { FROM_SYSTEM_INTERFACE, type Origin } from "../../src/bmc/front/origin.ts";
import { hex, parseHex } from "../../src/ipmi/message.ts";
import { SECOND_US } from "../../src/time/scheduler.ts";
import { VirtualTime } from "../../src/time/virtual.ts";

/** A controller in virtual time, with requests and responses as hexadecimal text. */
export class Bench {
  readonly controller: Controller;
  /** What the controller did to the world, in order, but for changes of attention. */
  readonly outputs: string[] = [];
  attentionChanges = 0;
  readonly #time = new VirtualTime();

  constructor(options: ControllerOptions = {}) {
    this.controller = new Controller(
      this.#time.lane("bmc"),
      {
        attentionChanged: () => {
          this.attentionChanges++;
        },
        resetRequested: (kind) => this.outputs.push(`reset ${kind}`),
        power: (action, cause) => this.outputs.push(`${action} by ${cause}`),
        pretimeout: (kind) => this.outputs.push(`pretimeout ${kind}`),
        life: (what, text) => this.outputs.push(`${what}: ${text}`),
      },
      options,
    );
  }

  /** The response to a request, which is thereby delivered; empty without one. */
  ask(request: string, origin: Origin = FROM_SYSTEM_INTERFACE): string {
    const response = this.controller.execute(parseHex(request), origin);
    this.controller.responded();
    return response === undefined ? "" : hex(response);
  }

  /** Asks, and answers with what follows NetFn and command: completion code and data. */
  tell(request: string): string {
    return this.ask(request).slice("1c 01 ".length);
  }

  /** Lets time pass. */
  pass(seconds: number): void {
    this.#time.runUntil(this.#time.nowUs + Math.round(seconds * SECOND_US));
  }

  /** Logs nothing, buffers nothing: brings the outputs to this point. */
  drained(): readonly string[] {
    return this.outputs.splice(0);
  }
}

/** A system event record: temperature sensor 30h of the controller at 52h, as IPMB brings it. */
export function event(mark: number): Uint8Array {
  return parseHex(`00 00 02 00 00 00 00 52 00 04 01 30 01 57 ff ${mark.toString(16)}`);
}
