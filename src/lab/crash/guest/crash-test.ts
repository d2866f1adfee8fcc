import type { CrashCommand } from "../../../crash/commands.ts";
import type { Verdict } from "../../../referee/index.ts";
import { guestPort } from "../../../seats/linux/match/port.ts";
import { SECOND_US } from "../../../time/index.ts";
import type { TraceEvent } from "../../../trace/events.ts";
import type { TraceHead } from "../../../trace/head.ts";
import type { TraceSink } from "../../../trace/tracer.ts";
import type { RegisterSpacing } from "../../../wire/interface.ts";
import { bootedArena } from "../booted-arena.ts";
import { tellNotes } from "../notes.ts";
import { runCrashingGuest } from "./crashing-guest.ts";
import type { CrashedGuest, CrashingGuest, CrashWitness, RegisterPlace } from "./parts.ts";

/** An image, and the machine that crashes with it loaded. */
export interface CrashTest
  extends Pick<CrashingGuest, "kernel" | "image" | "how" | "clock" | "watched"> {
  readonly place: RegisterPlace & { readonly spacing: RegisterSpacing };
  /** What the image's executor was told to send; none when it has no executor. */
  readonly commands: readonly CrashCommand[];
  /** For all commands together. */
  readonly budgetUs: number;
  /** The BMC's manners and the faults, in a scenario's words. */
  readonly scenario?: string;
  /** Takes the trace. */
  readonly sink?: ((head: TraceHead) => TraceSink) | undefined;
}

/** What came of a crash, on the wire and in the guest. */
export interface CrashTested extends CrashedGuest {
  /** What the BMC's application read before the crash, and after it: NetFn/LUN, Cmd, data. */
  readonly before: readonly Uint8Array[];
  readonly requests: readonly Uint8Array[];
  readonly crashed: boolean;
  /** From the crash to the second kernel's first process, by the guest's clock; undefined when there was none. */
  readonly tookS: number | undefined;
  readonly events: readonly TraceEvent[];
  readonly verdict: Verdict;
}

/**
 * An unmodified kernel crashes on our registers with an image loaded. The lab's time is that of its
 * register accesses, and with a watched guest what that one tells of its own.
 */
export async function crashTest(test: CrashTest): Promise<CrashTested> {
  const { place, scenario, sink } = test;
  const { kind, spacing } = place;
  const words = scenario === undefined ? {} : { scenario };
  const { arena, events } = bootedArena({ kind, spacing, sink, ...words });
  const witness = new Witness(test, arena, () => events.length);
  const port = guestPort(arena.wire, () => false);
  const guest = await runCrashingGuest({ ...test, port, witness });
  arena.tracer.emit({ e: "end", why: "done" });
  const verdict = arena.referee?.verdict();
  if (verdict === undefined) throw new Error("there is no referee");
  const requestsIn = (some: readonly TraceEvent[]) => {
    return some.flatMap((each) => (each.e === "bmc.request" ? [each.message] : []));
  };
  const { crashedAt, tookS } = witness;
  return {
    ...guest,
    before: requestsIn(events.slice(0, crashedAt)),
    requests: crashedAt === undefined ? [] : requestsIn(events.slice(crashedAt)),
    crashed: crashedAt !== undefined,
    ...{ tookS, events, verdict },
  };
}

type Booted = ReturnType<typeof bootedArena>;

/** The guest's clock drives the lab's, and what the BMC does to the system happens to the guest. */
class Witness implements CrashWitness {
  /** How many events there were before the crash. */
  crashedAt: number | undefined;
  tookS: number | undefined;
  readonly #test: CrashTest;
  readonly #arena: Booted["arena"];
  readonly #events: () => number;
  /** Between the crash and the second kernel's words: the lab's time stands still, but for accesses. */
  #isBetween = false;
  #betweenS = 0;

  constructor(test: CrashTest, arena: Booted["arena"], events: () => number) {
    this.#test = test;
    this.#arena = arena;
    this.#events = events;
  }

  onReset(reset: () => void): void {
    this.#arena.tracer.attach({
      event: (each) => {
        if (each.e === "bmc" && each.what === "power") reset();
      },
    });
  }

  passed(seconds: number): void {
    if (this.#isBetween) this.#betweenS += seconds;
    else this.#goOn(seconds);
  }

  crashes(): void {
    this.#isBetween = true;
    this.crashedAt = this.#events();
    const { commands, budgetUs } = this.#test;
    const text = `${budgetUs} us`;
    if (commands.length > 0) this.#arena.tracer.emit({ e: "host", what: "taken-over", text });
  }

  isUp(): void {
    this.tookS = this.#betweenS;
  }

  hasShown(results: Parameters<CrashWitness["hasShown"]>[0]): void {
    if (results !== undefined) tellNotes(this.#arena.tracer, this.#test.commands, results);
    this.#isBetween = false;
    this.#goOn(this.#betweenS);
  }

  #goOn(seconds: number): void {
    const { time } = this.#arena;
    time.runUntil(time.nowUs + seconds * SECOND_US);
  }
}
