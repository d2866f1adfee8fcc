import { assert } from "../assert.ts";
import { CLOCK, MAIN } from "./records.ts";

/**
 * What the guest does in a match, as plain data. `compileGuest` makes it machine code. All times
 * are guest time in integer µs. Times since `ready` count from the guest's report of that name; in
 * the set-up, which comes before it, they count from the set-up's begin.
 */
export interface GuestProgram {
  /** A process writes a tick to the mailbox each time so much guest time passed; 0: none does. */
  readonly tickUs: number;
  /** True: at each tick the mailbox is asked whether the kernel is to panic. */
  readonly obeys?: boolean;
  /** What comes first, in a process of its own: modules, settings, the wait for the device. */
  readonly setup: readonly Step[];
  /** The set-up may take so long; then the actors start without its end. */
  readonly setupLimitUs: number;
  /** The users, one process each; they start together when the set-up is over. */
  readonly actors: readonly Actor[];
  /** So long after `ready` the actors that are not over are reported and waited for no more. */
  readonly untilUs: number;
  /** A named pipe: who reads from it comes to its end after the last report. */
  readonly opensAtEnd?: string;
  /** What the first process does after its last report. As /init it must not exit. */
  readonly atEnd: "pause" | "power-off" | "exit";
}

/** One user: a process with at most one IPMI device open and at most one other file. */
export interface Actor {
  /** How the lab calls it; the guest knows its place in the list only. */
  readonly name: string;
  readonly steps: readonly Step[];
}

/** One thing that an actor does. A step that fails is reported, and the next one is done. */
export type Step =
  | Sleep
  | SleepUntil
  | Repeat
  | RepeatUntil
  | OpenIpmi
  | CloseIpmi
  | RequestStep
  | SendStep
  | CollectStep
  | EventsStep
  | ReceiveStep
  | OpenFile
  | WriteOpenFile
  | CloseFile
  | WriteFile
  | CopyFile
  | ReadFile
  | WaitForFile
  | InsertModule
  | RemoveModule
  | SetPci
  | KillActor
  | Tell;

export interface Sleep {
  readonly step: "sleep";
  readonly us: number;
}

export interface SleepUntil {
  readonly step: "sleep-until";
  /** Since `ready`; a time that is over ends the step at once. */
  readonly us: number;
}

export interface Repeat {
  readonly step: "repeat";
  /** At least 1. */
  readonly times: number;
  readonly steps: readonly Step[];
}

export interface RepeatUntil {
  readonly step: "repeat-until";
  /** Since `ready`; looked at before each round. */
  readonly us: number;
  readonly steps: readonly Step[];
}

/** Opens the actor's IPMI device; one that is open already is closed first. */
export interface OpenIpmi {
  readonly step: "open-ipmi";
  readonly path: string;
}

export interface CloseIpmi {
  readonly step: "close-ipmi";
}

/** A message to the BMC over the system interface. */
export interface Message {
  readonly netFn: number;
  readonly lun: number;
  readonly cmd: number;
  readonly data: Uint8Array;
}

/** Hands in a request and receives what comes until its answer is there or the time is over. */
export interface RequestStep extends Message {
  readonly step: "request";
  readonly timeoutUs: number;
}

/** Hands in a request and waits for nothing: several can be under way. */
export interface SendStep extends Message {
  readonly step: "send";
}

/** Receives until all that was sent is answered or the time is over. */
export interface CollectStep {
  readonly step: "collect";
  readonly timeoutUs: number;
}

/** Asks the message handler for events, or no more. They arrive in any receiving step. */
export interface EventsStep {
  readonly step: "events";
  readonly on: boolean;
}

/** Receives whatever comes, for so long. */
export interface ReceiveStep {
  readonly step: "receive";
  readonly forUs: number;
}

/** Opens the actor's other file for writing, such as a watchdog device. */
export interface OpenFile {
  readonly step: "open-file";
  readonly path: string;
}

export interface WriteOpenFile {
  readonly step: "write-open-file";
  readonly text: string;
}

export interface CloseFile {
  readonly step: "close-file";
}

/** Opens, writes and closes: settings in /proc/sys, attributes in sysfs. */
export interface WriteFile {
  readonly step: "write-file";
  readonly path: string;
  readonly text: string;
}

/** Writes what another file holds, behind a prefix; a file that is not there is made. */
export interface CopyFile {
  readonly step: "copy-file";
  /** Its first bytes are taken (`FILE_BYTES_MAX`, less the prefix). */
  readonly from: string;
  readonly prefix: string;
  readonly path: string;
}

/** Reports a file's first bytes (`FILE_BYTES_MAX`). */
export interface ReadFile {
  readonly step: "read-file";
  readonly path: string;
}

export interface WaitForFile {
  readonly step: "wait-for-file";
  readonly path: string;
  readonly limitUs: number;
}

export interface InsertModule {
  readonly step: "insert-module";
  readonly path: string;
  /** As on a command line: `name=value name=value`. */
  readonly parameters: string;
}

export interface RemoveModule {
  readonly step: "remove-module";
  readonly name: string;
}

/**
 * Writes 32 bits of the configuration of a function on bus 0, by the host bridge's own ports: the kernel
 * does not hear of it. @see PCI Local Bus 3.0 §3.2.2.3.2
 */
export interface SetPci {
  readonly step: "set-pci";
  readonly slot: number;
  readonly offset: number;
  readonly value: number;
}

/** Ends another actor's process at once, whatever it is in the middle of; its files close with it. */
export interface KillActor {
  readonly step: "kill";
  /** Its name in the program. */
  readonly actor: string;
}

/** Does nothing but report that it was reached. */
export interface Tell {
  readonly step: "tell";
  /** What the lab is to know by that. */
  readonly what: string;
}

/** Where the seat puts its device, and so what the PCI driver binds to. */
export const DEVICE_ADDRESS = "0000:00:02.0";
export const DEVICE_FOLDER = `/sys/bus/pci/devices/${DEVICE_ADDRESS}`;
const SECOND_ADDRESS = "0000:00:03.0";
const DRIVER = "/sys/bus/pci/drivers/ipmi_si";

/** Has the kernel forget that the device is there, and what it is. */
export const forgetDevice: WriteFile = {
  step: "write-file",
  path: `${DEVICE_FOLDER}/remove`,
  text: "1",
};

/** The same of the device with the second interface. */
export const forgetSecond: WriteFile = {
  step: "write-file",
  path: `/sys/bus/pci/devices/${SECOND_ADDRESS}/remove`,
  text: "1",
};

/** Has the kernel look for devices that it does not know; their drivers take them at once. */
export const findDevice: WriteFile = {
  step: "write-file",
  path: "/sys/bus/pci/rescan",
  text: "1",
};

/** Takes the interface's driver from the device. */
export const removeDriver: WriteFile = {
  step: "write-file",
  path: `${DRIVER}/unbind`,
  text: DEVICE_ADDRESS,
};

/** Gives the device to the interface's driver. */
export const insertDriver: WriteFile = {
  step: "write-file",
  path: `${DRIVER}/bind`,
  text: DEVICE_ADDRESS,
};

/** A step with the number that reports give it: from 1, in the order of the text. */
export interface NumberedStep {
  readonly number: number;
  readonly step: Step;
  /** For a repetition: the number of the first step that is not inside it. */
  readonly after: number;
}

/** Numbers steps, those inside repetitions too. */
export function numberedSteps(steps: readonly Step[]): readonly NumberedStep[] {
  const numbered: { number: number; step: Step; after: number }[] = [];
  const work: (Step | { readonly ends: number })[] = [...steps].reverse();
  for (let next = work.pop(); next !== undefined; next = work.pop()) {
    if ("ends" in next) {
      const opened = numbered[next.ends - 1];
      assert(opened !== undefined, "a repetition that ends has begun");
      opened.after = numbered.length + 1;
      continue;
    }
    const number = numbered.length + 1;
    numbered.push({ number, step: next, after: number + 1 });
    if (next.step !== "repeat" && next.step !== "repeat-until") continue;
    work.push({ ends: number }, ...[...next.steps].reverse());
  }
  return numbered;
}

/** The step that a report's numbers mean; undefined before the first and outside of actors. */
export function stepOf(program: GuestProgram, process: number, step: number): Step | undefined {
  const steps = process === 0 ? program.setup : program.actors[process - 1]?.steps;
  return steps === undefined ? undefined : numberedSteps(steps)[step - 1]?.step;
}

/** Number of an actor's process in reports, and in the guest's own tables; 0 when there is none. */
export function processOf(program: GuestProgram, actor: string): number {
  return program.actors.findIndex(({ name }) => name === actor) + 1;
}

/** True: a step of the program ends that process. */
export function isKilled(program: GuestProgram, process: number): boolean {
  const steps = program.actors.flatMap((actor) => numberedSteps(actor.steps));
  return steps.some(({ step }) => {
    return step.step === "kill" && processOf(program, step.actor) === process;
  });
}

/** What a report's process number is called. */
export function processName(program: GuestProgram, process: number): string {
  if (process === 0) return "setup";
  if (process === MAIN) return "main";
  if (process === CLOCK) return "clock";
  return program.actors[process - 1]?.name ?? `process ${process}`;
}
