import {
  type Actor as GuestActor,
  type GuestProgram,
  type Step as GuestStep,
  insertDriver,
  modulePath,
  removeDriver,
} from "../seats/linux/index.ts";
import { heartbeat, loadWatchdog, useWatchdog, watchdogDriver } from "./guest-watchdog.ts";
import type { Actor, Scenario, Step } from "./scenario/schema.ts";
import { wantedBy } from "./stack-workload.ts";

/** How often the guest says its time, in guest µs. */
const TICK_US = 10_000;
const DEVICE = "/dev/ipmi0";
/** The kernel's own detection may take some rounds of 5 s on a bad BMC. */
const DEVICE_LIMIT_US = 20_000_000;
const SETUP_LIMIT_US = 60_000_000;
/** The kernel calls a task hung when it waited for longer than any answer may take. */
const HUNG_TASK_S = "60";
const HUNG_TASK_CHECK_S = "5";

/** Where Linux shows what a scenario's `read:` names. */
const INTERFACE_FOLDER = "/sys/devices/pci0000:00/0000:00:02.0";
const BMC_FOLDER = "/sys/bus/platform/devices/ipmi_bmc.0";
const BMC_ATTRIBUTES = new Set([
  "device_id",
  "provides_device_sdrs",
  "revision",
  "firmware_revision",
  "ipmi_version",
  "additional_device_support",
  "manufacturer_id",
  "product_id",
  "aux_firmware_revision",
  "guid",
]);

/** A workload that a guest's agent cannot do. */
export class NotForGuests extends Error {
  readonly code = "NOT_FOR_GUESTS";
}

/** The scenario's workload as a program for the guest's agent. */
export function guestProgram(scenario: Scenario): GuestProgram {
  if (scenario.faults?.some((fault) => fault.host !== undefined) === true) {
    throw new NotForGuests("what happens to the host itself is for our own stack only");
  }
  return {
    tickUs: TICK_US,
    setup: [
      { step: "write-file", path: "/proc/sys/kernel/hung_task_timeout_secs", text: HUNG_TASK_S },
      {
        step: "write-file",
        path: "/proc/sys/kernel/hung_task_check_interval_secs",
        text: HUNG_TASK_CHECK_S,
      },
      ...["ipmi_msghandler", "ipmi_devintf", "ipmi_si"].map(
        (name): GuestStep => ({ step: "insert-module", path: modulePath(name), parameters: "" }),
      ),
      { step: "wait-for-file", path: DEVICE, limitUs: DEVICE_LIMIT_US },
    ],
    setupLimitUs: SETUP_LIMIT_US,
    actors: scenario.workload.map((actor) => guestActor(actor, scenario.until)),
    untilUs: scenario.until,
    atEnd: "pause",
  };
}

function guestActor(actor: Actor, patienceUs: number): GuestActor {
  const open: GuestStep = { step: "open-ipmi", path: DEVICE };
  const steps = [
    ...watchdogDriver(actor.steps),
    ...actor.steps.flatMap((step) => guestSteps(step, patienceUs)),
  ];
  const needsDevice = actor.steps.some((step) => step.request ?? step.raw ?? step.events);
  return { name: actor.user, steps: needsDevice ? [open, ...steps] : steps };
}

function guestSteps(step: Step, patienceUs: number): GuestStep[] {
  if (step.sleep !== undefined) return [{ step: "sleep", us: step.sleep }];
  if (step.events !== undefined) return [{ step: "events", on: step.events === "on" }];
  if (step.driver !== undefined) return [step.driver === "remove" ? removeDriver : insertDriver];
  if (step.watchdog !== undefined) {
    const use = useWatchdog(step.watchdog);
    if (use === undefined) return [...loadWatchdog(step.watchdog)];
    return repeated(step.times ?? 1, [use], step.every);
  }
  if (step.keepalive === true) return repeated(step.times ?? 1, [heartbeat], step.every);
  if (step.close !== undefined || step.ipmb !== undefined) {
    throw new NotForGuests("the guest's agent can neither close another user nor address the IPMB");
  }
  const times = step.times ?? 1;
  if (step.read !== undefined) {
    return repeated(times, [{ step: "read-file", path: attributePath(step.read) }], step.every);
  }
  const wanted = wantedBy(step);
  if (wanted === undefined) return [];
  const { netFn, lun, cmd, data } = wanted;
  if (step.parallel === true) {
    return [
      ...repeated(times, [{ step: "send", netFn, lun, cmd, data }], undefined),
      { step: "collect", timeoutUs: patienceUs },
    ];
  }
  const request: GuestStep = { step: "request", netFn, lun, cmd, data, timeoutUs: patienceUs };
  return repeated(times, [request], step.every);
}

function repeated(
  times: number,
  steps: readonly GuestStep[],
  everyUs: number | undefined,
): GuestStep[] {
  if (times === 1) return [...steps];
  const round: readonly GuestStep[] =
    everyUs === undefined ? steps : [...steps, { step: "sleep", us: everyUs }];
  return [{ step: "repeat", times, steps: round }];
}

function attributePath(name: string): string {
  return `${BMC_ATTRIBUTES.has(name) ? BMC_FOLDER : INTERFACE_FOLDER}/${name}`;
}
