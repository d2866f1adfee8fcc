import { z } from "zod";
import { bootedArena } from "../src/lab/crash/booted-arena.ts";
import { IpmiFunction } from "../src/seats/linux/device.ts";
import { findKernel } from "../src/seats/linux/index.ts";
import { guestPort } from "../src/seats/linux/match/port.ts";
import type { RegisterPort } from "../src/wire/registers/port.ts";
import { runNodeGuest } from "../test/peers/kernels/node-guest.ts";
import { toldIn } from "../test/peers/kernels/told.ts";
import type { Table } from "../tools/figures/store.ts";
import { ipmiLoop } from "./ipmi-loop.ts";
import { median } from "./median.ts";

const VERSION = "6.1";
const DEVICE = "/dev/ipmi0";
const TRANSACTIONS = 200;
const ROUNDS = 5;

const roundSchema = z.object({ nodeMs: z.number(), loopMs: z.number() }).readonly();

/** `/dev/ipmi0` from Node against a loop without it, in one guest, in real time. */
export async function deviceFigures(): Promise<readonly Table[]> {
  const kernel = findKernel(VERSION);
  if (kernel === undefined) {
    console.log(`no kernel ${VERSION} here: \`baseboard kernels add debian:${VERSION}\`\n`);
    return [];
  }
  const { arena } = bootedArena({ kind: "kcs" });
  const beginMs = performance.now();
  const aheadUs = arena.time.nowUs;
  const registers = guestPort(arena.wire, () => false);
  // The BMC takes the time that it takes.
  const keepTime = () => {
    const us = aheadUs + Math.floor((performance.now() - beginMs) * 1_000);
    arena.time.runUntil(Math.max(arena.time.nowUs, us));
  };
  const port: RegisterPort = {
    read: (offset) => {
      keepTime();
      return registers.read(offset);
    },
    write: (offset, value) => {
      keepTime();
      registers.write(offset, value);
    },
  };
  const { console: lines } = await runNodeGuest({
    ...{ kernel, realTime: true },
    functions: [new IpmiFunction(port, undefined, { kind: "kcs", pin: 0 })],
    programs: ["transactions"],
    executables: { loop: ipmiLoop(DEVICE, TRANSACTIONS), nothing: ipmiLoop(DEVICE, 0) },
    script: `
insmod ipmi_msghandler ipmi_devintf ipmi_si
await ${DEVICE}
node transactions.mjs ${TRANSACTIONS} ${ROUNDS} /loop /nothing 2>&1; echo "node ended with $?"
`,
  });
  const rounds = [...toldIn(lines).values()].map(({ is }) => roundSchema.parse(is));
  if (rounds.length < ROUNDS)
    throw new Error(`the guest measured too little:\n${lines.join("\n")}`);
  const perSecond = (ms: number) => ((TRANSACTIONS * 1_000) / ms).toFixed(0);
  const ratio = median(rounds.map(({ nodeMs, loopMs }) => loopMs / nodeMs));
  return [
    {
      title: `${DEVICE} on Linux ${kernel.manifest.version}, transactions per second, median of ${ROUNDS} rounds of ${TRANSACTIONS}`,
      rows: [
        ["a loop without Node", `${perSecond(median(rounds.map(({ loopMs }) => loopMs)))}/s`],
        [
          "KernelDevice in Node",
          `${perSecond(median(rounds.map(({ nodeMs }) => nodeMs)))}/s`,
          `ratio ${ratio.toFixed(2)}`,
        ],
      ],
    },
  ];
}
