import { readFileSync } from "node:fs";
import { expect } from "vitest";
import type { CrashCommand } from "../../../src/crash/commands.ts";
import type { CrashBounds } from "../../../src/crash/executor.ts";
import { type Ending, ownBzImage } from "../../../src/crash/own-image.ts";
import { wrapBzImage } from "../../../src/crash/wrap.ts";
import { hex } from "../../../src/ipmi/message.ts";
import { kernelFile } from "../../../src/kernels/cache.ts";
import { bootedArena } from "../../../src/lab/crash/booted-arena.ts";
import { tellNotes } from "../../../src/lab/crash/notes.ts";
import type { Arena } from "../../../src/match/arena.ts";
import { guestPort } from "../../../src/seats/linux/match/port.ts";
import { SECOND_US } from "../../../src/time/index.ts";
import {
  type CrashingGuest,
  REGISTERS_AT,
  runCrashingGuest,
  TICKS_PER_MS,
  type Watched,
} from "./crashing-guest.ts";
import { kernelFor } from "./kernel.ts";

const BUDGET_MS = 2_000;
const BOUNDS: CrashBounds = {
  ...{ budgetTicks: BUDGET_MS * TICKS_PER_MS, ticksPerMs: TICKS_PER_MS },
  ...{ looks: 5_000, tries: 3, restLooks: 500 },
};

export interface CrashMatch extends Pick<CrashingGuest, "how"> {
  readonly version: string;
  /** What the executor is told to send; without any, kexec is given the kernel as it is. */
  readonly commands: readonly CrashCommand[];
  /** No kernel follows, and this becomes of the machine. */
  readonly ending?: Ending;
  /** The BMC's manners and the faults, in a scenario's words. */
  readonly scenario?: string;
  /** The watchdog's time of the first kernel, and how long the second one's dump takes. */
  readonly watched?: Pick<Watched, "timerS" | "dumpS">;
}

/** An unmodified kernel crashes on our registers; what came of it, on the wire and in the guest. */
export async function playCrash(match: CrashMatch) {
  const { version, how, commands, ending, scenario = "", watched } = match;
  const kernel = await kernelFor(version);
  const vmlinuz = readFileSync(kernelFile(kernel, kernel.manifest.image));
  const location = { at: "io", kind: "kcs", base: REGISTERS_AT, spacing: 1, width: 8 } as const;
  const parts = { location, commands, bounds: BOUNDS };
  const wrapped = () => (commands.length === 0 ? vmlinuz : wrapBzImage(vmlinuz, parts).bytes);
  const image = ending === undefined ? wrapped() : ownBzImage(parts, ending).bytes;
  const { arena, events } = bootedArena({ scenario });
  const port = guestPort(arena.wire, () => false);
  const guest = await runCrashingGuest({
    ...{ kernel, image, how, port },
    watched: watched === undefined ? undefined : { ...watched, ...watching(arena, commands) },
  });
  arena.tracer.emit({ e: "end", why: "done" });
  const requests = events.flatMap((each) => (each.e === "bmc.request" ? [hex(each.message)] : []));
  expect(guest.console.join("\n")).toContain("KEXEC 0 1");
  expect(guest.console.join("\n")).toContain("sysrq triggered crash");
  const second = ending === undefined ? `${kernel.manifest.release}, vmcore there` : undefined;
  expect(guest.second).toBe(second);
  expect(guest.exit).toBe(0);
  return { ...guest, requests, events, verdict: arena.referee?.verdict() };
}

/** The guest's clock drives the lab's, and what the BMC does to the system happens to the guest. */
function watching(
  { time, tracer }: Arena,
  commands: readonly CrashCommand[],
): Omit<Watched, "timerS" | "dumpS"> {
  const takesOver = commands.length > 0;
  return {
    onReset: (reset) => {
      tracer.attach({
        event: (each) => {
          if (each.e === "bmc" && each.what === "power") reset();
        },
      });
    },
    passed: (seconds) => time.runUntil(time.nowUs + seconds * SECOND_US),
    crashes: () => {
      const text = `${BUDGET_MS * 1_000} us`;
      if (takesOver) tracer.emit({ e: "host", what: "taken-over", text });
    },
    isUp: (results) => {
      if (results !== undefined) tellNotes(tracer, commands, results);
    },
  };
}
