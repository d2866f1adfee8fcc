import {
  compileGuest,
  type GuestProgram,
  type HostEnd,
  LinuxHost,
  type LinuxHostOptions,
  modulePath,
  ReportReader,
  type Step,
} from "../../../src/seats/linux/index.ts";
import { ScriptedBmc } from "./scripted-bmc.ts";

export const GET_DEVICE_ID: Step = {
  step: "request",
  netFn: 0x06,
  lun: 0,
  cmd: 0x01,
  data: new Uint8Array(0),
  timeoutUs: 5_000_000,
};

/** Loads the drivers, has one user do `steps`, and turns the power off. */
export function guestProgram(steps: readonly Step[]): GuestProgram {
  const drivers = ["ipmi_msghandler", "ipmi_devintf", "ipmi_si"].map(
    (name): Step => ({ step: "insert-module", path: modulePath(name), parameters: "" }),
  );
  return {
    tickUs: 10_000,
    setup: [
      { step: "write-file", path: "/proc/sys/kernel/printk", text: "8" },
      ...drivers,
      { step: "wait-for-file", path: "/dev/ipmi0", limitUs: 10_000_000 },
    ],
    setupLimitUs: 20_000_000,
    actors: [{ name: "user", steps: [{ step: "open-ipmi", path: "/dev/ipmi0" }, ...steps] }],
    untilUs: 120_000_000,
    atEnd: "power-off",
  };
}

/** What one guest did at our registers and said. */
export interface GuestRun {
  readonly bmc: ScriptedBmc;
  readonly end: HostEnd;
  readonly notes: readonly string[];
  readonly console: readonly string[];
  readonly reports: readonly string[];
  readonly answers: number;
  readonly lastTickUs: number;
  readonly interrupts: number;
}

/** Runs a guest to its end against the scripted BMC. */
export async function runGuest(
  steps: readonly Step[],
  options: Pick<LinuxHostOptions, "kernel" | "interrupt"> & Partial<LinuxHostOptions>,
): Promise<GuestRun> {
  const bmc = new ScriptedBmc();
  const reader = new ReportReader();
  const lines: string[] = [];
  const reports: string[] = [];
  const seen = { answers: 0, lastTickUs: 0, interrupts: 0 };
  bmc.registers.enableInterrupt(options.interrupt === "irq");
  const host = await LinuxHost.start({
    program: compileGuest(guestProgram(steps)),
    wallLimitMs: 120_000,
    machine: {
      port: bmc,
      tick: (guestUs) => {
        seen.lastTickUs = guestUs;
      },
      report: (byte) => {
        for (const report of reader.push(Uint8Array.of(byte))) {
          if (report.kind === "answer") seen.answers++;
          reports.push(JSON.stringify(report));
        }
      },
      console: (line) => lines.push(line),
      onLine: (changed) =>
        bmc.registers.onLine((level) => {
          if (level) seen.interrupts++;
          changed(level);
        }),
    },
    ...options,
  });
  const end = await host.ended;
  return { bmc, end, notes: host.notes, console: lines, reports, ...seen };
}
