import { readFileSync } from "node:fs";
import { expect } from "vitest";
import type { CrashCommand } from "../../../src/crash/commands.ts";
import type { CrashBounds } from "../../../src/crash/executor.ts";
import { type Ending, ownBzImage } from "../../../src/crash/own-image.ts";
import { wrapBzImage } from "../../../src/crash/wrap.ts";
import { hex } from "../../../src/ipmi/message.ts";
import { kernelFile } from "../../../src/kernels/cache.ts";
import { type CrashTest, crashTest } from "../../../src/lab/crash/guest/crash-test.ts";
import { TICKS_PER_MS } from "../../../src/lab/crash/guest/crashing-guest.ts";
import { kernelFor } from "./kernel.ts";
import { unpackKexec } from "./kexec-tools.ts";

const BUDGET_MS = 2_000;
const BOUNDS: CrashBounds = {
  ...{ budgetTicks: BUDGET_MS * TICKS_PER_MS, ticksPerMs: TICKS_PER_MS },
  ...{ looks: 5_000, tries: 3, restLooks: 500 },
};
const KCS = { at: "io", kind: "kcs", base: 0xca2, spacing: 1, width: 8 } as const;

export interface CrashMatch extends Pick<CrashTest, "how" | "watched"> {
  readonly version: string;
  /** What the executor is told to send; without any, kexec is given the kernel as it is. */
  readonly commands: readonly CrashCommand[];
  /** KCS at CA2h when left out. */
  readonly place?: CrashTest["place"];
  /** No kernel follows, and this becomes of the machine. */
  readonly ending?: Ending;
  /** The BMC's manners and the faults, in a scenario's words. */
  readonly scenario?: string;
}

/** An unmodified kernel crashes on our registers; what came of it, on the wire and in the guest. */
export async function playCrash(match: CrashMatch) {
  const { version, commands, ending, place = KCS, ...rest } = match;
  unpackKexec();
  const kernel = await kernelFor(version);
  const vmlinuz = readFileSync(kernelFile(kernel, kernel.manifest.image));
  const parts = { location: place, commands, bounds: BOUNDS };
  const wrapped = () => (commands.length === 0 ? vmlinuz : wrapBzImage(vmlinuz, parts).bytes);
  const image = ending === undefined ? wrapped() : ownBzImage(parts, ending).bytes;
  const guest = await crashTest({
    ...{ ...rest, kernel, image, place, clock: "guest" },
    ...{ commands, budgetUs: BUDGET_MS * 1_000 },
  });
  expect(guest.console.join("\n")).toContain("sysrq triggered crash");
  const second = ending === undefined ? `${kernel.manifest.release}, vmcore there` : undefined;
  expect(guest).toMatchObject({ loaded: true, crashed: true, second, exit: 0 });
  const requests = [...guest.before, ...guest.requests].map(hex);
  return { ...guest, requests };
}
