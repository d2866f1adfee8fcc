import { z } from "zod";
import { TRANSPORTS } from "../wire/interface.ts";
import { btAbilities } from "./bt.ts";
import { ssifAbilities } from "./bus.ts";
import { ruleId } from "./rule-id.ts";
import {
  byte,
  bytes,
  command,
  count,
  digits,
  duration,
  firmware,
  flag,
  length,
  yes,
} from "./units.ts";
import { accessStep, SCRIPT_STEPS_MAX } from "./vocabulary/access.ts";
import { LOOK_ABOUT, look, whenClosed } from "./vocabulary/bmc.ts";
import { having } from "./vocabulary/choice.ts";
import { fault } from "./vocabulary/fault.ts";
import { step } from "./vocabulary/step.ts";

const actor = z.strictObject({
  user: z.string().regex(/^[a-z][a-z0-9-]*$/, "a user's name is lower-case letters, digits and -"),
  at: z.literal("second").optional().describe("Asks at the second interface, not at the first"),
  steps: z.array(step.schema).min(1),
});

/** More records of an interface than any machine has. */
const RECORDS_MAX = 16;
/** More records than the log has room for. */
const LOGGED_MAX = 1_000;

const rules = z.array(ruleId).describe("Ids of exactly the rules that it breaks");

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
        once: flag.optional().describe("Each of them was answered exactly once"),
      }),
    )
    .optional()
    .describe("What the users must have been answered"),
  logged: z
    .array(
      z.strictObject({
        bytes: bytes.describe("What the record has in it, in one piece"),
        times: count(0, LOGGED_MAX).optional().describe("How many such; one or more when left out"),
      }),
    )
    .optional()
    .describe("Records that the BMC's log has at the end"),
  removed: yes.optional().describe("Each driver that was to be taken away could be; guests only"),
});

/** Programs with drivers of their own, as hosts. */
export const PROGRAM_SEATS = ["freeipmi", "ipmiutil"] as const;
export type ProgramWord = (typeof PROGRAM_SEATS)[number];
/** Who may sit at the host's end, by the word that a scenario has for it. */
export const HOST_SEATS = ["stack", "linux", "script", ...PROGRAM_SEATS] as const;
export type HostWord = (typeof HOST_SEATS)[number];

const differs = (when: string) => expectation.optional().describe(`What differs when ${when}`);

/** The seats by which an expectation may differ. */
const bySeat = {
  stack: differs("the host is our own stack"),
  linux: differs("the host is a Linux kernel"),
  script: differs("the host is a script of register accesses"),
  freeipmi: differs("the host is FreeIPMI"),
  ipmiutil: differs("the host is ipmiutil"),
  qemu: differs("the BMC is QEMU's own"),
  "qemu-extern": differs("our controller is behind QEMU's device"),
  "linux-bmc": differs("the BMC is a Linux kernel's own driver"),
};
export type Seat = keyof typeof bySeat;

const bmc = z.strictObject({
  "input-latency": duration.optional().describe("From a host's write to the BMC's turn"),
  "command-latency": duration.optional().describe("From a request read to its answer"),
  boot: duration.optional().describe("From power-on until the BMC serves"),
  "boot-look": look.schema.optional().describe(LOOK_ABOUT),
  "when-closed": whenClosed.schema.optional(),
  trusting: flag.optional().describe("Its device delivers late answers to whatever is asked now"),
  threads: count(1, 8).optional().describe("So many requests its daemon has in hand at a time"),
  ipmi: digits("0.9", "1.0", "1.5", "2.0").optional(),
  firmware: firmware.optional(),
  manufacturer: count(0, 0xfffff).optional(),
  product: count(0, 0xffff).optional(),
  unsupported: z.array(command).optional().describe("Commands that it answers with C1h"),
  "event-buffer": flag.optional(),
  "stuck-enables": byte.optional().describe("Global enable bits that cannot be cleared"),
  bt: btAbilities.optional(),
  ssif: ssifAbilities.optional(),
});

export const scenarioSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z][a-z0-9-]*$/, "a scenario's name is lower-case letters, digits and -"),
    title: z.string(),
    source: z.string().describe("Where this was seen, or which rule it shows"),
    story: z.string().describe("What happens, what a right host and a right BMC do"),
    covers: z.array(z.string()).optional().describe("Catalogue entries, such as F1"),
    interface: z
      .enum(TRANSPORTS)
      .optional()
      .describe("The interface between host and BMC; kcs when left out"),
    "only-on": z
      .strictObject({
        interfaces: z.array(z.enum(TRANSPORTS)).min(1),
        because: z.string().describe("Why it makes no sense on the others"),
      })
      .optional()
      .describe("The interfaces on which it makes sense; all when left out"),
    second: z
      .strictObject({ interface: z.enum(["kcs", "smic", "bt"]) })
      .optional()
      .describe("A second interface of the host's, with a right BMC of its own behind it"),
    seats: z
      .array(z.enum(HOST_SEATS))
      .min(1)
      .optional()
      .describe("Hosts that can show it; stack, or its script"),
    seed: count(0, 0xffff_ffff).optional(),
    spacing: digits("1", "4", "16")
      .transform((text) => (text === "1" ? 1 : text === "4" ? 4 : 16))
      .optional(),
    until: length.describe("The match's length at most, from the workload's start"),
    settle: duration.optional().describe("How long to go on when the workload is done"),
    bmc: bmc.optional(),
    host: z
      .strictObject({
        interrupt: flag.optional().describe("stack: use the interrupt line"),
        linux: z.enum(["poll", "timer", "irq"]).optional().describe("How the kernel waits"),
        discover: z
          .strictObject({
            smbios: z
              .array(bytes)
              .min(1)
              .max(RECORDS_MAX)
              .describe("SMBIOS records of type 38, whole and without strings"),
            base: count(0, 0xffff)
              .optional()
              .describe("Where in I/O space the registers are; the interface's usual place else"),
          })
          .optional()
          .describe("It knows of its interface what these tables say, and nothing else"),
        script: z
          .array(accessStep.schema)
          .min(1)
          .max(SCRIPT_STEPS_MAX)
          .optional()
          .describe("The host is this, register access by register access, and nothing else"),
      })
      .optional(),
    promises: z
      .strictObject({
        answer: duration.optional().describe("Within which each accepted request is answered"),
        panic: duration.optional().describe("Within which a panic is over"),
      })
      .optional()
      .describe("What this host has to keep, in place of what it promises itself"),
    workload: z
      .array(actor)
      .min(1)
      .optional()
      .transform((actors) => actors ?? [])
      .describe("What the host's users do; a script has none"),
    faults: z.array(fault.schema).optional(),
    expect: expectation
      .extend({
        ...bySeat,
        on: z
          .partialRecord(z.enum(TRANSPORTS), expectation.extend(bySeat))
          .optional()
          .describe("What differs on one of the interfaces"),
      })
      .optional()
      .describe("What the verdict is to be; without, whatever it is is right"),
  })
  .meta({
    anyOf: [having("workload"), { properties: { host: having("script") }, required: ["host"] }],
  });

/** A scenario as it was read: durations in µs, words checked. */
export type Scenario = z.output<typeof scenarioSchema>;
export type Actor = z.output<typeof actor>;
export type { AccessStep } from "./vocabulary/access.ts";
export type Step = Actor["steps"][number];
/** What a verdict is to say. */
export type Expectation = z.output<typeof expectation>;
export type { Fault } from "./vocabulary/fault.ts";
export type { WatchdogStep } from "./vocabulary/watchdog-step.ts";
