import { z } from "zod";
import { EVENT_NAMES } from "../trace/event-names.ts";
import { INTERFACES } from "../wire/interface.ts";
import { btAbilities } from "./bt.ts";
import { BUS_FAULTS, busFaults, skip, ssifAbilities } from "./bus.ts";
import { smi } from "./smic.ts";
import { byte, bytes, command, commandOrAny, count, duration, firmware, flag } from "./units.ts";

const COUNT_MAX = 1_000_000;
const times = count(1, COUNT_MAX);

/** A check that one and only one of `keys` is given, with a message that lists them. */
function exactlyOne<T extends z.ZodObject>(schema: T, keys: readonly string[]) {
  return schema.superRefine((value, context) => {
    const given = keys.filter((key) => Object.hasOwn(value as object, key));
    if (given.length === 1) return;
    const found = given.length === 0 ? "none is given" : `${given.join(" and ")} are given`;
    context.addIssue({ code: "custom", message: `give one of ${keys.join(", ")}; ${found}` });
  });
}

const ipmb = z.strictObject({
  channel: byte.optional().describe("IPMB channel, 00 when left out"),
  address: byte.describe("The responder's slave address"),
});

const watchdogSettings = {
  timeout: duration.optional().describe("10 s when never set"),
  pretimeout: duration.optional().describe("So long before the time-out; none when never set"),
  action: z.enum(["none", "reset", "power-down", "power-cycle"]).optional(),
  preaction: z.enum(["none", "smi", "nmi", "messaging"]).optional(),
  nowayout: flag.optional().describe("Before the first use: it cannot be stopped"),
  policy: z.enum(["error", "hook", "reboot"]).optional().describe("Before the first use"),
  "policy-after": duration.optional().describe("Unprotected for so long, the policy runs"),
};
const watchdog = z
  .strictObject({
    open: flag.optional().describe("Open it: one at a time can"),
    write: z.string().optional().describe("A heartbeat; with a V in it the close will stop it"),
    close: flag.optional().describe("Close it; without the V before, the timer goes on"),
    ...watchdogSettings,
  })
  .superRefine((value, context) => {
    const acts = ["open", "write", "close"].filter((key) => Object.hasOwn(value, key)).length;
    const sets = Object.keys(watchdogSettings).some((key) => Object.hasOwn(value, key));
    if (acts + (sets ? 1 : 0) === 1) return;
    const message = "give one of open, write, close, or settings";
    context.addIssue({ code: "custom", message });
  });

const step = exactlyOne(
  z.strictObject({
    sleep: duration.optional().describe("Do nothing for so long"),
    request: command.optional().describe("A request by the command's name, or netFn/cmd"),
    raw: bytes.optional().describe("A request as bytes: NetFn/LUN, Cmd, data"),
    data: bytes.optional().describe("With request: the data after Cmd"),
    lun: count(0, 3).optional().describe("With request: the LUN, 0 when left out"),
    ipmb: ipmb.optional().describe("With request: a responder on the IPMB"),
    times: times.optional().describe("How often, one after the other; 1 when left out"),
    every: duration.optional().describe("With times: from the start of one to the next"),
    parallel: flag.optional().describe("With times: all at once, no waiting for answers"),
    events: z.enum(["on", "off"]).optional().describe("Become, or cease to be, an event receiver"),
    driver: z
      .enum(["remove", "insert", "unload", "load", "hot-remove", "hot-add"])
      .optional()
      .describe(
        "Take the driver from its device and put it back; unload and load its modules; take the " +
          "interface away and add it by the driver's hotmod parameter",
      ),
    read: z.string().optional().describe("Read an attribute of the interface, by Linux's name"),
    watchdog: watchdog.optional().describe("Use the watchdog timer, or change its setting"),
    keepalive: flag.optional().describe("A heartbeat of the watchdog, without opening it"),
    close: z.string().optional().describe("That user goes away, requests in flight or not"),
  }),
  ["sleep", "request", "raw", "events", "driver", "read", "watchdog", "keepalive", "close"],
);

const actor = z.strictObject({
  user: z.string().regex(/^[a-z][a-z0-9-]*$/, "a user's name is lower-case letters, digits and -"),
  steps: z.array(step).min(1),
});

/** After the end nothing more can be done. */
const CUES = EVENT_NAMES.filter((name) => name !== "end");

const when = exactlyOne(
  z.strictObject({
    start: flag.optional().describe("From the very start, before the host comes up"),
    at: duration.optional().describe("So long after the workload began"),
    command: command.optional().describe("When the BMC reads this request"),
    access: count(1, COUNT_MAX * 100)
      .optional()
      .describe("At the host's register access of that number"),
    number: count(0, COUNT_MAX * 100)
      .optional()
      .describe("At the event of that number in the trace"),
    event: z.enum(CUES).optional().describe("When an event of that kind is traced"),
    what: z
      .string()
      .optional()
      .describe("With event: its `what`, the fault's name, on or off for a run"),
    count: times
      .optional()
      .describe("With command or event: at which one; the first when left out"),
    after: duration.optional().describe("So much later than that"),
  }),
  ["start", "at", "command", "access", "number", "event"],
);

const answer = exactlyOne(
  z.strictObject({
    to: commandOrAny.describe("Which requests' responses; any"),
    code: byte.optional().describe("Another completion code, and no data"),
    data: bytes.optional().describe("Success, with these data"),
    bytes: bytes.optional().describe("The whole response: NetFn/LUN, Cmd, code, data"),
    netfn: byte.optional().describe("Another NetFn"),
    cmd: byte.optional().describe("Another Cmd"),
    length: count(0, 1_000).optional().describe("Cut, or filled with zeros, to so many bytes"),
    silence: flag.optional().describe("No response at all"),
    delay: duration.optional().describe("So much later"),
    duplicate: flag.optional().describe("Handed in twice"),
    times: times.optional().describe("For so many responses; for all when left out"),
  }),
  ["code", "data", "bytes", "netfn", "cmd", "length", "silence", "delay", "duplicate"],
);

const look = z
  .enum(["hold", "error", "storm", "refuse", "all-ones", "zeros"])
  .describe(
    "What the host sees meanwhile. hold: IBF stays set; error: ERROR state and IBF stays set; " +
      "storm: every byte met with ERROR; refuse: requests end in ERROR; all-ones, zeros: all reads",
  );

const bmcAction = exactlyOne(
  z.strictObject({
    reset: z
      .strictObject({
        kind: z.enum(["cold", "warm"]).optional().describe("cold when left out"),
        away: duration.describe("Until it serves again"),
        look: look.optional().describe("error when left out"),
      })
      .optional(),
    hang: z.enum(["chip", "daemon"]).optional().describe("Stop for ever, or for `for`"),
    daemon: z.enum(["gone", "restart", "second-opener", "abort"]).optional(),
    "when-closed": z.enum(["refuse", "storm", "hold"]).optional(),
    slow: duration.optional().describe("Added to each command's latency"),
    sticky: z
      .enum(["event-buffer", "receive-queue"])
      .optional()
      .describe("What the host fetches from there stays there"),
    event: bytes.optional().describe("The BMC logs this 16-byte event record"),
    message: bytes.optional().describe("Into the receive queue: channel, then the message"),
    firmware: firmware.optional().describe("Other firmware, from now on"),
    power: z.enum(["reset", "off", "on"]).optional().describe("The host system's power"),
    times: times.optional().describe("With event or message: how many"),
    every: duration.optional().describe("With times: how far apart"),
  }),
  [
    "reset",
    "hang",
    "daemon",
    "when-closed",
    "slow",
    "sticky",
    "event",
    "message",
    "firmware",
    "power",
  ],
);

const writtenRegister = z.enum(["data", "command", "control", "flags", "intmask", "any"]);

const wireAction = exactlyOne(
  z.strictObject({
    stuck: z
      .strictObject({
        reg: z.enum(["data", "status", "control", "flags", "intmask"]),
        bits: byte,
        level: z
          .enum(["0", "1"])
          .transform((level) => (level === "1" ? 1 : 0))
          .meta({ alsoNumber: true }),
      })
      .optional(),
    "ibf-late": duration.optional(),
    "ibf-never": flag.optional(),
    "busy-late": duration
      .optional()
      .describe("bt, smic: BUSY falls so long after each request, or each byte"),
    "lost-write": z
      .strictObject({
        reg: writtenRegister,
        bits: byte.optional().describe("bt: only writes that have one of these bits"),
        count: times,
      })
      .optional(),
    "repeated-write": z
      .strictObject({
        reg: writtenRegister,
        count: times,
        later: duration.optional(),
      })
      .optional(),
    corrupt: z
      .strictObject({
        direction: z.enum(["read", "write"]),
        xor: byte,
        skip: skip.optional(),
        count: times,
      })
      .optional(),
    "all-ones": flag.optional(),
    "missing-interrupt": flag.optional(),
    "spurious-interrupt": duration.optional(),
    smi: smi.optional(),
    ...busFaults,
  }),
  [
    "stuck",
    "ibf-late",
    "ibf-never",
    "busy-late",
    "lost-write",
    "repeated-write",
    "corrupt",
    "all-ones",
    "missing-interrupt",
    "spurious-interrupt",
    "smi",
    ...BUS_FAULTS,
  ],
);

const hostAction = exactlyOne(
  z.strictObject({
    close: z.string().optional().describe("That user goes away, requests in flight or not"),
    driver: z.enum(["removed"]).optional().describe("Taken away; put back after `for`"),
    panic: z.string().optional().describe("It panics with this text, and its processor stops"),
  }),
  ["close", "driver", "panic"],
);

export const faultSchema = exactlyOne(
  z.strictObject({
    name: z.string().optional().describe("Its name in the trace; faults[N] when left out"),
    when: when,
    for: duration.optional().describe("Ends after so long; never when left out"),
    until: duration.optional().describe("Ends at that time of the trace, if not before"),
    answer: answer.optional(),
    attention: z.enum(["high", "low"]).optional().describe("SMS_ATN, whatever the flags are"),
    bmc: bmcAction.optional(),
    wire: wireAction.optional(),
    host: hostAction.optional(),
  }),
  ["answer", "attention", "bmc", "wire", "host"],
);

const rules = z.array(z.string()).describe("Ids of exactly the rules that it breaks");

const expectation = z.strictObject({
  bmc: rules.optional(),
  host: rules.optional(),
  answers: z
    .array(
      z.strictObject({
        user: z.string(),
        pick: z.enum(["first", "last", "all", "any"]),
        code: byte.optional(),
        maker: z
          .enum(["bmc", "bmc-interface", "host-interface", "host-handler", "timer", "remote"])
          .optional(),
      }),
    )
    .optional()
    .describe("What the users must have been answered"),
});

const ofOthers = {
  linux: expectation.optional().describe("What differs when the host is a Linux kernel"),
  qemu: expectation.optional().describe("What differs when the BMC is QEMU's own"),
  "qemu-extern": expectation
    .optional()
    .describe("What differs when our controller is behind QEMU's device"),
};

const bmc = z.strictObject({
  "input-latency": duration.optional().describe("From a host's write to the BMC's turn"),
  "command-latency": duration.optional().describe("From a request read to its answer"),
  boot: duration.optional().describe("From power-on until the BMC serves"),
  "boot-look": look.optional(),
  "when-closed": z.enum(["refuse", "storm", "hold"]).optional(),
  trusting: flag.optional().describe("Its device delivers late answers to whatever is asked now"),
  ipmi: z.enum(["0.9", "1.0", "1.5", "2.0"]).optional(),
  firmware: firmware.optional(),
  manufacturer: count(0, 0xfffff).optional(),
  product: count(0, 0xffff).optional(),
  unsupported: z.array(command).optional().describe("Commands that it answers with C1h"),
  "event-buffer": flag.optional(),
  "stuck-enables": byte.optional().describe("Global enable bits that cannot be cleared"),
  bt: btAbilities.optional(),
  ssif: ssifAbilities.optional(),
});

export const scenarioSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]*$/, "a scenario's name is lower-case letters, digits and -"),
  title: z.string(),
  source: z.string().describe("Where this was seen, or which rule it shows"),
  story: z.string().describe("What happens, what a right host and a right BMC do"),
  covers: z.array(z.string()).optional().describe("Catalogue entries, such as F1"),
  interface: z
    .enum(["kcs", "smic", "bt", "ssif"])
    .optional()
    .describe("The interface between host and BMC; kcs when left out"),
  "only-on": z
    .strictObject({
      interfaces: z.array(z.enum(INTERFACES)).min(1),
      because: z.string().describe("Why it makes no sense on the others"),
    })
    .optional()
    .describe("The interfaces on which it makes sense; all when left out"),
  seats: z
    .array(z.enum(["stack", "linux"]))
    .optional()
    .describe("Hosts that can show it; stack"),
  seed: count(0, 0xffff_ffff).optional(),
  spacing: z
    .enum(["1", "4", "16"])
    .transform((text) => (text === "1" ? 1 : text === "4" ? 4 : 16))
    .meta({ alsoNumber: true })
    .optional(),
  until: duration.describe("The match's length at most, from the workload's start"),
  settle: duration.optional().describe("How long to go on when the workload is done"),
  bmc: bmc.optional(),
  host: z
    .strictObject({
      interrupt: flag.optional().describe("stack: use the interrupt line"),
      linux: z.enum(["poll", "timer", "irq"]).optional().describe("How the kernel waits"),
    })
    .optional(),
  promises: z
    .strictObject({
      answer: duration.optional().describe("Within which each accepted request is answered"),
      panic: duration.optional().describe("Within which a panic is over"),
    })
    .optional()
    .describe("What this host has to keep, in place of what it promises itself"),
  workload: z.array(actor).min(1),
  faults: z.array(faultSchema).optional(),
  expect: expectation.extend({
    ...ofOthers,
    on: z
      .partialRecord(z.enum(INTERFACES), expectation.extend(ofOthers))
      .optional()
      .describe("What differs on one of the interfaces"),
  }),
});

export type Scenario = z.output<typeof scenarioSchema>;
export type Step = z.output<typeof step>;
export type WatchdogStep = NonNullable<Step["watchdog"]>;
export type Actor = z.output<typeof actor>;
export type Fault = z.output<typeof faultSchema>;
export type When = z.output<typeof when>;
export type AnswerFault = z.output<typeof answer>;
export type BmcAction = z.output<typeof bmcAction>;
export type HostAction = z.output<typeof hostAction>;
export type WireAction = z.output<typeof wireAction>;
export type Expectation = z.output<typeof expectation>;
export type Look = z.output<typeof look>;
