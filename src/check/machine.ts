import {
  DeviceError,
  type DeviceErrorCode,
  isOfBmc,
  type Target,
  type TargetOptions,
} from "../devices/index.ts";
import { BaseboardError } from "../errors.ts";
import type { Answer, RefusalCode, RequestSpec } from "../host/index.ts";
import { Cc } from "../ipmi/completion.ts";
import type { Asker, Program } from "../match/program.ts";
import { RealScheduler } from "../time/index.ts";
import type { TraceHead } from "../trace/head.ts";
import type { TraceSink } from "../trace/tracer.ts";
import type { InterfaceKind } from "../wire/interface.ts";

/** An interface of the machine that the check itself runs on. */
export interface MachineTarget {
  /** Undefined where the kernel's driver has the interface: its wire is not seen. */
  readonly kind: InterfaceKind | undefined;
  /** What its trace is of. */
  readonly head: TraceHead;
  readonly open: (options: Pick<TargetOptions, "signal">, sink: TraceSink) => Promise<Target>;
}

/** What came of a program that was played on a machine. */
export interface MachinePlayed {
  readonly lengthUs: number;
  /** Why it did not come to its end. */
  readonly brokeOff: string | undefined;
}

/** What else the BMC, or the driver at it, has to say after the last answer. */
const SETTLE_US = 200_000;
/** Refusals that are over when the BMC is well again. */
const FOR_NOW: readonly string[] = [
  ...(["BUSY_MAINTENANCE", "TOO_MANY_MESSAGES"] satisfies RefusalCode[]),
  "TAKEN" satisfies DeviceErrorCode,
];
/** The way to the BMC is gone. */
const GONE: readonly string[] = [
  ...(["NO_DEVICE", "DEVICE_FAILS", "NOT_PERMITTED"] satisfies DeviceErrorCode[]),
  ...(["SHUTDOWN", "NOT_STARTED", "PANICKED"] satisfies RefusalCode[]),
];

/**
 * Plays a program on a machine's interface, in real time, and lets go of it. Throws `DeviceError` when
 * it cannot be opened. `signal`: nobody waits any more for what is still under way.
 */
export async function playOnMachine(
  { open }: MachineTarget,
  program: Program,
  { sink, signal }: { readonly sink: TraceSink; readonly signal: AbortSignal },
): Promise<MachinePlayed> {
  const scheduler = new RealScheduler();
  const target = await open({ signal }, sink);
  try {
    const brokeOff = await new Promise<string | undefined>((resolve) => {
      const asker = new MachineAsker(target, scheduler, (error) => resolve(error.message));
      signal.addEventListener("abort", () => resolve(undefined), { once: true });
      if (signal.aborted) resolve(undefined);
      program(asker, () => {
        scheduler.at(scheduler.now() + SETTLE_US, "check", () => resolve(undefined));
      });
    });
    return { lengthUs: scheduler.now(), brokeOff };
  } finally {
    await target.close();
  }
}

/** A machine's interface in the words of a program. */
class MachineAsker implements Asker {
  readonly scheduler: RealScheduler;
  readonly #target: Target;
  readonly #gone: (error: BaseboardError) => void;

  constructor(target: Target, scheduler: RealScheduler, gone: (error: BaseboardError) => void) {
    this.#target = target;
    this.scheduler = scheduler;
    this.#gone = gone;
  }

  ask(request: RequestSpec, answered: (answer: Answer) => void): boolean {
    const heard = (answer: Answer) => {
      answered(isOfBmc(answer) ? { ...answer, maker: "bmc" } : answer);
    };
    try {
      this.#target.submit(request, heard, (error) => this.#failed(request, error, answered));
      return true;
    } catch (error) {
      if (error instanceof BaseboardError && FOR_NOW.includes(error.code)) return false;
      this.#failed(request, error, answered);
      return true;
    }
  }

  /** Of a way that is gone no more answers come: what waits for one is over. */
  #failed(request: RequestSpec, error: unknown, answered: (answer: Answer) => void): void {
    if (!(error instanceof BaseboardError)) throw error;
    if (GONE.includes(error.code)) return this.#gone(error);
    const { netFn, cmd } = request;
    const silent = error instanceof DeviceError && error.code === "NO_ANSWER";
    const by = silent
      ? ({ cc: Cc.Timeout, maker: "timer" } as const)
      : ({ cc: Cc.NotSupportedInState, maker: "host-handler" } as const);
    const answer = { id: 0, netFn, cmd, ...by, data: new Uint8Array(0) };
    this.scheduler.at(this.scheduler.now(), "check", () => answered(answer));
  }
}
