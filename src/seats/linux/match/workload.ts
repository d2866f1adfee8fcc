import { systemInterfaceOf } from "../../../scenario/on-interface.ts";
import type { Actor, Scenario, Step } from "../../../scenario/schema.ts";
import { wantedBy } from "../../stack/workload.ts";
import {
  type Actor as GuestActor,
  type GuestProgram,
  type Step as GuestStep,
  Witness,
} from "../index.ts";
import { describedInterface } from "./described.ts";
import { DRIVER_COMES, type GuestDrivers, guestDrivers, type KernelDrivers } from "./drivers.ts";
import { NotForGuests } from "./not-for-guests.ts";
import { heartbeat, setWatchdog, useWatchdog, watchdogDriver } from "./watchdog.ts";

const DEVICE = "/dev/ipmi0";
/** The kernel's own detection may take some rounds of 5 s on a bad BMC. */
const DEVICE_LIMIT_US = 20_000_000;
const driverComes: GuestStep = { step: "tell", what: DRIVER_COMES };
/** The first interface that the driver finds is its device 0. */
const SECOND_DEVICE = "/dev/ipmi1";
const openDevice: GuestStep = { step: "open-ipmi", path: DEVICE };
const openSecond: GuestStep = { step: "open-ipmi", path: SECOND_DEVICE };
const waitForSecond: GuestStep = {
  step: "wait-for-file",
  path: SECOND_DEVICE,
  limitUs: DEVICE_LIMIT_US,
};
const SETUP_LIMIT_US = 60_000_000;
/** The kernel calls a task hung when it waited for longer than any answer may take. */
const HUNG_TASK_S = "60";
const HUNG_TASK_CHECK_S = "5";

/** Its clock brings the guest the order to panic, so it goes as fine as it can. */
const PANIC_TICK_US = 1_000;
/** The panic's text goes to the BMC, and the kernel says on its console when that is over. */
const PANIC_SETTINGS: readonly GuestStep[] = [
  {
    step: "write-file",
    path: "/sys/module/ipmi_msghandler/parameters/panic_op",
    text: "string",
  },
  { step: "write-file", path: "/proc/sys/kernel/panic", text: "1" },
];

/** Where Linux shows what a scenario's `read:` names. */
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

const NONE_BUILT_IN: KernelDrivers = { modules: [], builtIn: [] };

/** The scenario's workload as a program for the guest's agent, whose kernel has these drivers. */
export function guestProgram(
  scenario: Scenario,
  has: KernelDrivers = NONE_BUILT_IN,
  witness = false,
): GuestProgram {
  const toHost = scenario.faults?.flatMap(({ host }) => (host === undefined ? [] : [host])) ?? [];
  if (toHost.some(({ panic }) => panic === undefined)) {
    throw new NotForGuests(
      "what happens to the host itself, but for a panic, is for our own stack",
    );
  }
  const panics = toHost.length > 0;
  const { second } = scenario;
  const drivers = guestDrivers(systemInterfaceOf(scenario), has, {
    second: second !== undefined,
    described: describedInterface(scenario)?.place,
    witness,
  });
  return {
    tickUs: panics ? PANIC_TICK_US : drivers.tickUs,
    obeys: panics,
    setup: [
      { step: "write-file", path: "/proc/sys/kernel/hung_task_timeout_secs", text: HUNG_TASK_S },
      {
        step: "write-file",
        path: "/proc/sys/kernel/hung_task_check_interval_secs",
        text: HUNG_TASK_CHECK_S,
      },
      ...drivers.setup,
      { step: "wait-for-file", path: DEVICE, limitUs: DEVICE_LIMIT_US },
      ...(second === undefined ? [] : [waitForSecond]),
      ...(panics ? PANIC_SETTINGS : []),
    ],
    setupLimitUs: SETUP_LIMIT_US,
    actors: scenario.workload.map((actor) => {
      checkCloses(actor, scenario);
      return guestActor(actor, scenario.until, drivers);
    }),
    untilUs: scenario.until,
    ...(witness ? { opensAtEnd: Witness.over } : {}),
    atEnd: "pause",
  };
}

/** A user goes away by being killed, which only another one can do. */
function checkCloses({ user, steps }: Actor, { workload }: Scenario): void {
  const others = workload.map((actor) => actor.user).filter((name) => name !== user);
  for (const { close } of steps) {
    if (close === undefined || others.includes(close)) continue;
    throw new NotForGuests(
      `${user} cannot close ${close}: in a guest it is another user's process`,
    );
  }
}

function guestActor(actor: Actor, patienceUs: number, drivers: GuestDrivers): GuestActor {
  if (actor.at === "second") checkAsksOnly(actor);
  const steps = [
    ...watchdogDriver(actor.steps, drivers.watchdog),
    ...actor.steps.flatMap((step) => guestSteps(step, patienceUs, drivers)),
  ];
  const needsDevice = actor.steps.some((step) => step.request ?? step.raw ?? step.events);
  const open = actor.at === "second" ? openSecond : openDevice;
  return { name: actor.user, steps: needsDevice ? [open, ...steps] : steps };
}

/** What drivers and watchdogs do is done at the first interface. */
function checkAsksOnly({ user, steps }: Actor): void {
  if (steps.every((step) => step.request ?? step.raw ?? step.sleep)) return;
  throw new NotForGuests(`${user} is at the second interface, where users only ask and sleep`);
}

function guestSteps(step: Step, patienceUs: number, drivers: GuestDrivers): GuestStep[] {
  if (step.sleep !== undefined) return [{ step: "sleep", us: step.sleep }];
  if (step.events !== undefined) return [{ step: "events", on: step.events === "on" }];
  if (step.driver !== undefined) return driverSteps(step.driver, drivers);
  if (step.watchdog !== undefined) {
    const use = useWatchdog(step.watchdog);
    if (use === undefined) return [...setWatchdog(step.watchdog, drivers.watchdog)];
    return repeated(step.times ?? 1, [use], step.every);
  }
  if (step.keepalive === true) return repeated(step.times ?? 1, [heartbeat], step.every);
  if (step.close !== undefined) return [{ step: "kill", actor: step.close }];
  if (step.ipmb !== undefined) throw new NotForGuests("the guest's agent cannot address the IPMB");
  const times = step.times ?? 1;
  if (step.read !== undefined) {
    return repeated(
      times,
      [{ step: "read-file", path: attributePath(step.read, drivers) }],
      step.every,
    );
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

/** Modules do not go while somebody has the device open, who loads them wants to use it. */
function driverSteps(what: NonNullable<Step["driver"]>, drivers: GuestDrivers): GuestStep[] {
  switch (what) {
    case "remove":
      return [drivers.remove];
    case "insert":
      return [driverComes, drivers.insert];
    case "unload":
      return [{ step: "close-ipmi" }, ...ofModules(drivers.unload)];
    case "load":
      return [
        driverComes,
        ...ofModules(drivers.load),
        { step: "wait-for-file", path: DEVICE, limitUs: DEVICE_LIMIT_US },
        openDevice,
      ];
    case "hot-remove":
      return [{ step: "close-ipmi" }, ...ofSi(drivers.hotRemove)];
    case "hot-add":
      return [
        driverComes,
        ...ofSi(drivers.hotAdd),
        { step: "wait-for-file", path: DEVICE, limitUs: DEVICE_LIMIT_US },
        openDevice,
      ];
  }
}

function ofModules(steps: readonly GuestStep[] | undefined): readonly GuestStep[] {
  if (steps !== undefined) return steps;
  throw new NotForGuests("the interface's driver is built into this kernel, which keeps it");
}

function ofSi(steps: readonly GuestStep[] | undefined): readonly GuestStep[] {
  if (steps !== undefined) return steps;
  throw new NotForGuests("hotmod is a parameter of ipmi_si, which does not drive SSIF");
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

function attributePath(name: string, { folder }: GuestDrivers): string {
  return `${BMC_ATTRIBUTES.has(name) ? BMC_FOLDER : folder}/${name}`;
}
