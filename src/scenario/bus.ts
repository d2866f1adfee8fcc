import { z } from "zod";
import { count, duration, flag } from "./units.ts";

const STEPS_MAX = 1_000_000;

/** Of the steps that a fault could act on, so many pass first. */
export const skip = count(0, STEPS_MAX);
const times = count(1, STEPS_MAX);
const on = z.enum(["address", "byte"]);

/** Faults of a bus, which registers do not know: each acts on `count` steps, after `skip`. */
export const busFaults = {
  nack: z
    .strictObject({ on, skip: skip.optional(), count: times })
    .optional()
    .describe("ssif: acknowledgements are lost; the slave has the byte"),
  arbitration: z
    .strictObject({ on, skip: skip.optional(), count: times })
    .optional()
    .describe("ssif: another master wins the bus"),
  repeat: z
    .strictObject({ skip: skip.optional(), count: times })
    .optional()
    .describe("ssif: a byte is shifted into the slave twice"),
  "no-stop": z
    .strictObject({
      after: z.enum(["write", "read", "any"]),
      skip: skip.optional(),
      count: times,
    })
    .optional()
    .describe("ssif: a STOP does not arrive"),
  stretch: z
    .strictObject({ time: duration, skip: skip.optional(), count: times })
    .optional()
    .describe("ssif: the clock is held low for so long; 25 ms are the most that is allowed"),
  "stuck-line": z
    .enum(["scl", "sda"])
    .optional()
    .describe("ssif: the clock, or the data line, is held low"),
};

export const BUS_FAULTS = Object.keys(busFaults);

/** What an SSIF's BMC can do, and says that it can. @see IPMI 2.0 §22.9 */
export const ssifAbilities = z
  .strictObject({
    transfers: z
      .enum(["single-part", "start-and-end", "multi-part"])
      .optional()
      .describe("multi-part when left out"),
    bytes: count(32, 255).optional().describe("The longest request and response; 255"),
    pec: flag.optional().describe("Packet error codes; true when left out"),
  })
  .describe("On ssif: what the interface can transfer");
export type SsifAbilities = z.output<typeof ssifAbilities>;
