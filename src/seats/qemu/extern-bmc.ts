import {
  Controller,
  type ControllerOptions,
  type ControllerOutputs,
  FROM_SYSTEM_INTERFACE,
} from "../../bmc/index.ts";
import type { Scheduler } from "../../time/scheduler.ts";
import type { BmcLife } from "../../trace/events.ts";
import type { Tracer } from "../../trace/tracer.ts";
import {
  encodeVmMessage,
  encodeVmOperation,
  VM_PROTOCOL_VERSION,
  VmCapability,
  type VmFrame,
  VmOperation,
  VmReader,
} from "../vm-protocol.ts";

/** The stream to QEMU, while there is one. */
export interface ExternStream {
  write(bytes: Uint8Array): void;
  /** Ends it from our side, when all that was written has been read. */
  drop(): void;
}

/** What a controller behind QEMU's device is made of. */
export interface ExternBmcParts {
  readonly scheduler: Scheduler;
  readonly tracer: Tracer;
  readonly controller?: ControllerOptions;
  /** From a request to its response, in µs. QEMU makes an answer of its own, C3h, after 4 s. */
  readonly latencyUs?: number;
  /** How long a reset that the host commanded keeps the BMC away, in µs. */
  readonly resetUs?: number;
  /**
   * Turns the machine on again, for which the protocol has no operation. Without it a power cycle is
   * carried out as a reset, and a machine that is off stays off.
   */
  readonly powerUp?: () => void;
}

const RESET_DEFAULT_US = 1_000_000;

type PowerAction = Parameters<ControllerOutputs["power"]>[0];

/**
 * Our controller in the place of QEMU's own BMC: it gets whole requests from whatever interface QEMU
 * puts before it, and does to QEMU's machine what its commands and its watchdog ask for.
 */
export class ExternBmc {
  readonly controller: Controller;
  readonly #parts: ExternBmcParts;
  #reader = new VmReader();
  #stream: ExternStream | undefined;
  /** The present stream's number: what was begun for an earlier one has nowhere to go. */
  #streams = 0;
  #capabilities = 0;
  #away = false;

  constructor(parts: ExternBmcParts) {
    this.#parts = parts;
    const outputs: ControllerOutputs = {
      attentionChanged: () => this.#showAttention(),
      resetRequested: (kind) => this.#reset(kind),
      power: (action, cause) => {
        this.#life("power", `${action}: ${cause}`);
        this.#power(action);
      },
      pretimeout: (kind) => {
        this.#life("pretimeout", kind);
        if (kind === "nmi") this.#operate(VmOperation.Nmi);
      },
      life: (what, text) => this.#life(what, text),
    };
    this.controller = new Controller(parts.scheduler, outputs, parts.controller);
  }

  /** What QEMU said that its machine can have done to it: bits of `VmCapability`, 0 before that. */
  get capabilities(): number {
    return this.#capabilities;
  }

  /** Frames from QEMU on this stream that could not be understood. */
  get damaged(): number {
    return this.#reader.damaged;
  }

  /** False while the BMC resets: it takes no connection then. */
  get present(): boolean {
    return !this.#away;
  }

  /** A stream to QEMU is there. Its device knows nothing of what an earlier one was told. */
  connected(stream: ExternStream): void {
    this.#stream = stream;
    this.#streams++;
    this.#reader = new VmReader();
    this.#capabilities = 0;
    stream.write(encodeVmOperation(VmOperation.Version, VM_PROTOCOL_VERSION));
    this.#life("up", "connected");
  }

  receive(bytes: Uint8Array): void {
    // What still comes over a stream that was dropped finds nobody.
    if (this.#stream === undefined) return;
    for (const frame of this.#reader.push(bytes)) this.#take(frame);
  }

  disconnected(): void {
    this.#stream = undefined;
    this.#streams++;
  }

  #take(frame: VmFrame): void {
    if (frame.kind === "operation") return this.#told(frame.operation, frame.data);
    const { sequence, message } = frame;
    this.#parts.tracer.emit({ e: "bmc.request", tag: 0, message });
    const stream = this.#streams;
    this.#later(this.#parts.latencyUs ?? 0, () => {
      if (stream === this.#streams) this.#execute(sequence, message);
    });
  }

  #told(operation: number, data: Uint8Array): void {
    if (operation === VmOperation.Reset) this.controller.systemReset();
    if (operation !== VmOperation.Capabilities) return;
    this.#capabilities = data[0] ?? 0;
    this.#showAttention();
  }

  #execute(sequence: number, request: Uint8Array): void {
    const message = this.controller.execute(request, FROM_SYSTEM_INTERFACE);
    if (message !== undefined) {
      this.#stream?.write(encodeVmMessage(sequence, message));
      this.#parts.tracer.emit({ e: "bmc.response", tag: 0, message });
    }
    this.controller.responded();
  }

  /** The device keeps the levels that it was told last. */
  #showAttention(): void {
    const { messageFlags, attentionInterrupt, communicationInterrupt } = this.controller;
    this.#life("flags", "");
    const interrupt = communicationInterrupt || attentionInterrupt;
    this.#operate(interrupt ? VmOperation.EnableInterrupt : VmOperation.DisableInterrupt);
    if (messageFlags === 0) this.#operate(VmOperation.ClearAttention);
    else if (attentionInterrupt) this.#operate(VmOperation.SetAttentionAndInterrupt);
    else this.#operate(VmOperation.SetAttention);
  }

  #power(action: PowerAction): void {
    const { powerUp } = this.#parts;
    switch (action) {
      case "reset":
        return this.#operate(VmOperation.Reset);
      case "power-down":
        return this.#operate(VmOperation.PowerOff);
      case "power-cycle":
        return this.#operate(powerUp === undefined ? VmOperation.Reset : VmOperation.PowerOff);
      case "power-up":
        return powerUp?.();
      case "diagnostic-interrupt":
        return this.#operate(VmOperation.Nmi);
      case "soft-shutdown":
        return this.#operate(VmOperation.GracefulShutdown);
    }
  }

  /** Has it done, if QEMU's machine can have it done to it. */
  #operate(operation: keyof typeof NEEDS): void {
    const needs = NEEDS[operation];
    if (needs !== 0 && (this.#capabilities & needs) === 0) return;
    this.#stream?.write(encodeVmOperation(operation));
  }

  /** A BMC that resets is away from the stream, and QEMU answers for it with D2h meanwhile. */
  #reset(kind: "cold" | "warm"): void {
    this.#life("reset", kind);
    this.controller.reset(kind);
    this.#away = true;
    this.#stream?.drop();
    this.disconnected();
    this.#later(this.#parts.resetUs ?? RESET_DEFAULT_US, () => {
      this.#away = false;
    });
  }

  #later(us: number, run: () => void): void {
    const { scheduler } = this.#parts;
    scheduler.at(scheduler.now() + us, "extern bmc", run);
  }

  #life(what: BmcLife["what"], text: string): void {
    const { tracer } = this.#parts;
    if (!tracer.active) return;
    tracer.emit({ e: "bmc", what, flags: this.controller.messageFlags, text });
  }
}

/** The capability that an operation needs; 0: none. */
const NEEDS = {
  [VmOperation.ClearAttention]: 0,
  [VmOperation.SetAttention]: VmCapability.Attention,
  [VmOperation.SetAttentionAndInterrupt]: VmCapability.Attention,
  [VmOperation.PowerOff]: VmCapability.Power,
  [VmOperation.Reset]: VmCapability.Reset,
  [VmOperation.EnableInterrupt]: VmCapability.Interrupt,
  [VmOperation.DisableInterrupt]: 0,
  [VmOperation.Nmi]: VmCapability.Nmi,
  [VmOperation.GracefulShutdown]: VmCapability.GracefulShutdown,
} as const;
