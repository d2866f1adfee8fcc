import type { Scheduler, Task } from "../time/scheduler.ts";
import type { Tracer } from "../trace/tracer.ts";
import { Controller, type ControllerOptions } from "./controller/controller.ts";
import { Daemon, type DaemonOptions } from "./daemon.ts";
import type { InterfaceDevice, WhenClosed } from "./device.ts";

/** What is left of a BMC that is down, as its registers show it. */
export type Absence =
  /** Its processor stands: nothing is taken from the host, the rest is as it was. */
  | "hold"
  /** As `hold`, with the interface as a hardware reset leaves it. */
  | "error"
  /** The interface's driver runs without a daemon; see `WhenClosed`. */
  | "storm"
  | "refuse";

/** A BMC by its parts, and how long its life's stages take. */
export interface BmcOptions {
  /** What the host sees while no daemon has the device open. */
  readonly whenClosed: WhenClosed;
  readonly daemon: DaemonOptions;
  readonly controller: ControllerOptions;
  /** From power-on until the daemon has opened the device, in µs. */
  readonly bootUs: number;
  readonly bootAbsence: Absence;
  /** From the answer to a reset command to the reset, so that the host can read it, in µs. */
  readonly resetDelayUs: number;
  /** How long a reset that the host commanded takes, in µs. */
  readonly resetUs: number;
}

/** A BMC with one system interface: device, daemon and controller, and its life and death. */
export class Bmc {
  readonly controller: Controller;
  readonly device: InterfaceDevice;
  readonly daemon: Daemon;
  private readonly _scheduler: Scheduler;
  private readonly _tracer: Tracer;
  private readonly _options: BmcOptions;
  private _coming: Task | undefined;

  constructor(device: InterfaceDevice, scheduler: Scheduler, tracer: Tracer, options: BmcOptions) {
    this.device = device;
    this._scheduler = scheduler;
    this._tracer = tracer;
    this._options = options;
    this.controller = new Controller(
      scheduler,
      {
        attentionChanged: () => this.#attentionChanged(),
        resetRequested: (kind) => this.#resetRequested(kind),
        power: (action, cause) => this.#life("power", `${action}: ${cause}`),
        pretimeout: (kind) => this.#life("pretimeout", kind),
        life: (what, text) => this.#life(what, text),
      },
      options.controller,
    );
    this.daemon = new Daemon(this.device, this.controller, scheduler, tracer, options.daemon);
  }

  /** Power comes: ERROR state, and the daemon opens the device when the BMC has booted. */
  powerOn(): void {
    this.#life("power-on", "");
    this.controller.reset("power-on");
    this.device.reset();
    this.#away(this._options.bootAbsence, this._options.bootUs);
  }

  /** A reset from outside or by command. Serves again after `awayUs`. */
  reset(kind: "cold" | "warm", awayUs: number, absence: Absence): void {
    this.#life("reset", kind);
    this.daemon.kill();
    this.controller.reset(kind);
    this.device.reset();
    this.#away(absence, awayUs);
  }

  /** The daemon ends; the channel then behaves as `whenClosed`. */
  daemonGone(whenClosed: WhenClosed): void {
    this.device.whenClosed = whenClosed;
    this.daemon.stop();
  }

  /** The daemon starts again and synchronises with the host. */
  daemonBack(): void {
    this.device.whenClosed = this._options.whenClosed;
    this.daemon.start();
  }

  /**
   * Somebody else tries to open the daemon's device, and closes it again if he was let in. True when
   * the device let him. While the BMC is down there is nobody who could.
   */
  openAgain(): boolean {
    if (this._coming !== undefined) return false;
    const second = this.device.open(() => {});
    if (second.ok) second.value.close();
    else this._tracer.emit({ e: "bmc.refused", tag: 0, code: second.error });
    return second.ok;
  }

  /** The host system's power changes by other means than a command. */
  systemPower(change: "reset" | "off" | "on"): void {
    this.#life("power", change);
    if (change === "reset") this.controller.systemReset();
    else if (change === "off") this.controller.powerOff();
    else this.controller.powerOn();
  }

  /** The BMC's processor stands still, or goes on. */
  hang(on: boolean): void {
    this.#life(on ? "hang" : "up", "the processor");
    this.device.powered = !on;
  }

  #away(absence: Absence, us: number): void {
    this._coming?.cancel();
    if (us === 0) return this.#serve();
    this.#life("away", absence);
    if (absence === "hold" || absence === "error") this.device.powered = false;
    else this.device.whenClosed = absence;
    const at = this._scheduler.now() + us;
    this._coming = this._scheduler.at(at, "bmc boots", () => this.#serve());
  }

  #serve(): void {
    this._coming = undefined;
    this.#life("up", "");
    this.device.whenClosed = this._options.whenClosed;
    this.device.powered = true;
    this.daemon.start();
  }

  #resetRequested(kind: "cold" | "warm"): void {
    const at = this._scheduler.now() + this._options.resetDelayUs;
    this._scheduler.at(at, "commanded reset", () =>
      this.reset(kind, this._options.resetUs, "error"),
    );
  }

  #attentionChanged(): void {
    if (this._tracer.active) this.#life("flags", "");
    this.daemon.attentionChanged();
  }

  #life(
    what:
      | "power-on"
      | "reset"
      | "away"
      | "up"
      | "hang"
      | "flags"
      | "power"
      | "pretimeout"
      | "watchdog-expired"
      | "sel"
      | "message"
      | "ipmb",
    text: string,
  ): void {
    if (!this._tracer.active) return;
    this._tracer.emit({ e: "bmc", what, flags: this.controller.messageFlags, text });
  }
}
