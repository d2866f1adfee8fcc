import { expect } from "vitest";
import type { Actor, GuestProgram, Step } from "../../src/guest/program.ts";
import type { Report } from "../../src/guest/reports.ts";
import { GuestMachine } from "./guest-machine.ts";
import type { Behaviour } from "./ipmi-device.ts";

export const SECOND_US = 1_000_000;
export const GET_DEVICE_ID = { netFn: 6, lun: 0, cmd: 1, data: new Uint8Array(0) };
export const OPEN: Step = { step: "open-ipmi", path: "/dev/ipmi0" };

/** A guest program with much time and nothing in it but what is given. */
export function program(actors: readonly Actor[], parts: Partial<GuestProgram> = {}): GuestProgram {
  const limits = { setupLimitUs: 60 * SECOND_US, untilUs: 600 * SECOND_US };
  return { tickUs: 0, setup: [], ...limits, actors, atEnd: "pause", ...parts };
}

/** Runs one actor against a device, to the end. */
export function runUser(steps: readonly Step[], behave: Behaviour): GuestMachine {
  const machine = new GuestMachine(program([{ name: "user", steps }]), { behave });
  machine.run(1_000 * SECOND_US);
  expect(machine.end().at(-1)).toMatchObject({ kind: "all-done" });
  return machine;
}

/** What a process reported, in short: kind, and the number that matters. */
export function brief(machine: GuestMachine, process = 1): readonly string[] {
  return machine.reports.flatMap((report) => {
    if (report.kind === "garbage" || report.process !== process) return [];
    return [briefOf(report)];
  });
}

function briefOf(report: Exclude<Report, { readonly kind: "garbage" }>): string {
  switch (report.kind) {
    case "answer":
      return `answer ${report.id} cc ${report.cc.toString(16)} [${report.data.join(" ")}]`;
    case "event":
      return `event [${report.data.join(" ")}]`;
    case "message":
      return `message ${report.receiveType} ${report.netFn}/${report.cmd} [${report.data.join(" ")}]`;
    case "refused":
      return `refused ${report.id} errno ${report.errno}`;
    case "step-failed":
      return `failed ${report.step} errno ${report.errno}`;
    case "request":
    case "accepted":
    case "unanswered":
      return `${report.kind} ${report.id}`;
    default:
      return report.kind;
  }
}

export function timeOf(report: Report | undefined): number {
  return report === undefined || report.kind === "garbage" ? Number.NaN : report.timeUs;
}
