import { answersSecretly, secretFrom, withoutSecret, withoutSecretText } from "../ipmi/secrets.ts";
import type { EventOf, TraceEvent } from "../trace/events.ts";
import type { TransportKind } from "../trace/head.ts";
import { BtControl } from "../wire/bt/protocol.ts";
import { Control } from "../wire/kcs/protocol.ts";
import { OPAL_PREFIX_BYTES } from "../wire/opal/protocol.ts";
import { READ_BIT } from "../wire/smbus/protocol.ts";
import { SmicControl } from "../wire/smic/protocol.ts";
import { beginsRequest } from "../wire/ssif/protocol.ts";

/** An event without what is secret of it, for which zeros stand, and whether anything was. */
export interface Masked {
  readonly event: TraceEvent;
  readonly masked: boolean;
}

/** Takes passwords and keys out of a trace's events, one after the other from the first on. */
export class Masking {
  readonly #host: Inflow;
  readonly #bmc: Inflow;
  /** Requests that wait for a response that is secret. */
  readonly #secretly = new Set<number>();

  constructor(kind: TransportKind) {
    this.#host = new INFLOWS[kind]();
    this.#bmc = new INFLOWS[kind]();
  }

  /** Takes the next event. */
  of(event: TraceEvent): Masked {
    switch (event.e) {
      case "host.write":
        return byteOf(event, this.#host.written(event));
      case "bmc.read":
        return byteOf(event, this.#bmc.taken(event));
      case "host.bus":
        return byteOf(event, this.#host.moved(event));
      case "bmc.bus":
        return byteOf(event, this.#bmc.moved(event));
      case "host.read":
        return byteOf(event, event.reg === "data" && this.#host.message.answersSecretly);
      case "bmc.write":
        return byteOf(event, this.#bmc.message.answersSecretly);
      case "request":
        return this.#request(event);
      case "answer":
        return this.#secretly.delete(event.id) ? dataOf(event, 0) : { event, masked: false };
      case "bmc":
      case "console": {
        const text = withoutSecretText(event.text);
        return { event: { ...event, text }, masked: text !== event.text };
      }
      case "host.opal-send":
      case "host.opal-recv":
        return calledOf(event);
      default:
        return "message" in event ? messageOf(event) : { event, masked: false };
    }
  }

  #request(event: EventOf<"request">): Masked {
    const message = [event.netFn << 2, event.cmd, ...event.data];
    if (answersSecretly(message)) this.#secretly.add(event.id);
    return dataOf(event, secretFrom(message) - 2);
  }
}

function byteOf(event: Extract<TraceEvent, { value: number }>, masked: boolean): Masked {
  return { event: masked ? { ...event, value: 0 } : event, masked };
}

function dataOf(event: EventOf<"request" | "answer">, from: number): Masked {
  const masked = from < event.data.length;
  const data = masked ? event.data.map((byte, at) => (at < from ? byte : 0)) : event.data;
  return { event: { ...event, data }, masked };
}

/** Of a firmware's message, before which its version stands. */
function calledOf(event: EventOf<"host.opal-send" | "host.opal-recv">): Masked {
  const bare = event.message.subarray(OPAL_PREFIX_BYTES);
  const hidden = withoutSecret(bare);
  if (hidden === bare) return { event, masked: false };
  const message = event.message.slice();
  message.set(hidden, OPAL_PREFIX_BYTES);
  return { event: { ...event, message }, masked: true };
}

function messageOf(event: Extract<TraceEvent, { message: Uint8Array }>): Masked {
  const message = withoutSecret(event.message);
  return { event: { ...event, message }, masked: message !== event.message };
}

/** The message that a host hands over, byte by byte. */
class Message {
  #bytes: number[] = [];
  #open = false;

  begin(): void {
    this.#bytes = [];
    this.#open = true;
  }

  close(): void {
    this.#open = false;
  }

  /** Whether a byte that comes now is secret. */
  get secretNext(): boolean {
    return this.#open && this.#bytes.length >= secretFrom(this.#bytes);
  }

  /** Takes a byte; whether it is secret. */
  add(value: number): boolean {
    const secret = this.secretNext;
    // What decides stands at the beginning.
    if (this.#open && !secret) this.#bytes.push(value);
    return secret;
  }

  /** Whether the response to it is secret. */
  get answersSecretly(): boolean {
    return answersSecretly(this.#bytes);
  }
}

/** How a message goes in at one face of an interface. Each tells whether that byte is secret. */
class Inflow {
  readonly message = new Message();

  written({ reg, value }: EventOf<"host.write">): boolean {
    if (reg === "data") return this.data(value);
    return this.code(value, reg);
  }

  taken({ command, value }: EventOf<"bmc.read">): boolean {
    return command ? this.code(value, "command") : this.data(value);
  }

  moved(_: EventOf<"host.bus" | "bmc.bus">): boolean {
    return false;
  }

  protected code(_value: number, _reg: string): boolean {
    return false;
  }

  protected data(_value: number): boolean {
    return false;
  }
}

class KcsInflow extends Inflow {
  #last = false;

  protected override code(value: number): boolean {
    this.#last = value === Control.WriteEnd;
    if (value === Control.WriteStart) this.message.begin();
    else if (!this.#last) this.message.close();
    return false;
  }

  protected override data(value: number): boolean {
    const secret = this.message.add(value);
    if (this.#last) this.message.close();
    return secret;
  }
}

/** The host writes a byte and the code that says what it is, and hands them over; the BMC reads the code first. */
class SmicInflow extends Inflow {
  #waiting: number | undefined;
  #code = 0;

  override written({ reg, value }: EventOf<"host.write">): boolean {
    if (reg === "data") {
      this.#waiting = value;
      return this.message.secretNext;
    }
    if (reg === "control") this.#code = value;
    else if (this.#waiting !== undefined) {
      this.#take(this.#waiting);
      this.#waiting = undefined;
    }
    return false;
  }

  protected override code(value: number): boolean {
    this.#code = value;
    return false;
  }

  protected override data(value: number): boolean {
    return this.#take(value);
  }

  #take(value: number): boolean {
    if (this.#code === SmicControl.WriteStart) this.message.begin();
    const secret = this.message.add(value);
    if (this.#code === SmicControl.WriteEnd) this.message.close();
    return secret;
  }
}

/** Length, NetFn and LUN, Seq, the command and its data. */
class BtInflow extends Inflow {
  #at = 0;
  #length = 0;

  override written(event: EventOf<"host.write">): boolean {
    return event.reg === "intmask" ? false : super.written(event);
  }

  protected override code(value: number): boolean {
    if ((value & (BtControl.ClearWritePointer | BtControl.H2bAtn)) !== 0) this.#at = 0;
    return false;
  }

  protected override data(value: number): boolean {
    const at = this.#at++;
    if (at === 0) {
      this.#length = value;
      this.message.begin();
      return false;
    }
    if (at >= this.#length) this.#at = 0;
    return at === SEQ_AT ? false : this.message.add(value);
  }
}

const SEQ_AT = 2;

/** Blocks of one part or of several; a code over a secret is secret. */
class SsifInflow extends Inflow {
  #at = 0;
  #reads = false;

  override moved({ op, value }: EventOf<"host.bus" | "bmc.bus">): boolean {
    switch (op) {
      case "start":
        this.#at = 0;
        this.#reads = (value & READ_BIT) !== 0;
        return false;
      case "write":
        return this.#written(value);
      case "read":
        return this.#reads && this.message.answersSecretly;
      case "stop":
        return false;
    }
  }

  #written(value: number): boolean {
    const at = this.#at++;
    if (at > 1) return this.message.add(value);
    if (at === 0) {
      const begins = beginsRequest(value);
      if (begins) this.message.begin();
    }
    return false;
  }
}

const INFLOWS = {
  kcs: KcsInflow,
  smic: SmicInflow,
  bt: BtInflow,
  ssif: SsifInflow,
  opal: Inflow,
} as const;
