import { HostStack, type User } from "../host/index.ts";
import { RealScheduler } from "../time/real.ts";
import type { Scheduler } from "../time/scheduler.ts";
import { Tracer, type TraceSink } from "../trace/tracer.ts";
import { type HostWire, onSystemInterface } from "../wire/interface.ts";
import { RegisterHostTap } from "../wire/registers/host-tap.ts";
import { REGISTER_LAYOUTS } from "../wire/registers/layouts.ts";
import type { TransactionTags } from "../wire/registers/port.ts";
import { SmbusHostTap } from "../wire/smbus/tap.ts";
import { DeviceError } from "./errors.ts";
import { requestBy, type Target } from "./target.ts";

/** A wire of this machine's, as our own driver takes it. */
export interface OpenWire {
  readonly wire: HostWire;
  close(): void;
}

/** A BMC that is there is up in far less. */
const BRING_UP_MS = 30_000;
const LOOK_MS = 5;
/** A transfer that is under way at the end has so long to come to its own. */
const LAST_TRANSFER_MS = 1_000;
const USER = "program";

/**
 * Brings our own stack up on a machine's wire, in real time. Throws `DeviceError` when no BMC answers;
 * then the wire is let go of. `sink` takes what the host sees and does there; `signal` ends the wait.
 */
export async function stackTarget(
  name: string,
  open: OpenWire,
  sink: TraceSink | undefined,
  signal?: AbortSignal,
): Promise<Target> {
  const target = new StackTarget(name, open, sink);
  try {
    await target.up(signal);
    return target;
  } catch (error) {
    await target.close();
    throw error;
  }
}

class StackTarget implements Target {
  readonly name: string;
  readonly #open: OpenWire;
  readonly #tracer: Tracer;
  readonly #stack: HostStack;
  readonly #user: User;
  readonly #pending = new Map<number, (error: unknown) => void>();
  #broken: { readonly error: unknown } | undefined;
  #closed = false;

  constructor(name: string, open: OpenWire, sink: TraceSink | undefined) {
    this.name = name;
    this.#open = open;
    const scheduler = this.#guarded(new RealScheduler());
    const tracer = new Tracer(() => scheduler.now());
    this.#tracer = tracer;
    if (sink !== undefined) tracer.attach(sink);
    const tags: TransactionTags = { request: 0, response: 0 };
    const wire = tapped(open.wire, tracer, tags);
    this.#stack = new HostStack({ scheduler, wire, tags, tracer });
    this.#user = this.#stack.createUser(USER);
  }

  /** Resolves when the BMC is there and set up. */
  async up(signal: AbortSignal | undefined): Promise<void> {
    this.#stack.start();
    for (let ms = 0; ms < BRING_UP_MS && signal?.aborted !== true; ms += LOOK_MS) {
      if (this.#broken !== undefined) throw this.#broken.error;
      const { state } = this.#stack;
      if (state === "up") return;
      if (state === "absent" || state === "failed") break;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    throw new DeviceError("NO_DEVICE", `${this.name}: no BMC answers there`);
  }

  submit: Target["submit"] = (spec, answered, failed = () => {}) => {
    if (this.#broken !== undefined) throw this.#broken.error;
    const id = this.#user.submit(spec, (answer) => {
      this.#pending.delete(answer.id);
      answered(answer);
    });
    this.#pending.set(id, failed);
    return id;
  };

  readonly request = requestBy(this.submit);

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#lastTransfer();
    this.#stack.shutdown();
    // Everybody who still waits is answered by the shutdown, from the scheduler.
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    if (this.#tracer.active) this.#tracer.emit({ e: "end", why: "done" });
    this.#open.close();
  }

  /** Who comes after us finds the wire idle. */
  async #lastTransfer(): Promise<void> {
    for (let ms = 0; ms < LAST_TRANSFER_MS && this.#stack.busy; ms += LOOK_MS) {
      if (this.#broken !== undefined) return;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  /** An access that fails ends the stack, and everybody who waits is told why. */
  #guarded(scheduler: Scheduler): Scheduler {
    const guarded = (run: () => void) => () => {
      try {
        run();
      } catch (error) {
        this.#fail(error);
      }
    };
    return {
      now: () => scheduler.now(),
      at: (us, label, run) => scheduler.at(us, label, guarded(run)),
    };
  }

  #fail(error: unknown): void {
    this.#broken ??= { error };
    const all = [...this.#pending.values()];
    this.#pending.clear();
    for (const failed of all) failed(error);
  }
}

function tapped(wire: HostWire, tracer: Tracer, tags: TransactionTags): HostWire {
  if (!tracer.active) return wire;
  return onSystemInterface<HostWire>(wire, {
    registers: ({ kind, port, spacing }) => {
      const block = { layout: REGISTER_LAYOUTS[kind], spacing, tags, numbersTransfers: false };
      return { kind, spacing, port: new RegisterHostTap(port, tracer, block) };
    },
    bus: (each) => {
      const bus = new SmbusHostTap(each.bus, tracer, { tags, numbersTransfers: false });
      return { ...each, bus };
    },
  });
}
