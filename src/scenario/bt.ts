import { z } from "zod";
import { count, duration, flag } from "./units.ts";

const byte = count(0, 255);

/**
 * What a BT interface says of itself by Get BT Interface Capabilities, and keeps to as far as the
 * specification lets it. @see IPMI 2.0 §22.10
 */
export const btAbilities = z
  .strictObject({
    outstanding: byte.optional().describe("Requests at a time; 1"),
    input: byte.optional().describe("The greatest Length of a request; 255"),
    output: byte.optional().describe("The greatest Length of a response; 255"),
    time: byte.optional().describe("Request-to-response time in seconds; 5"),
    retries: byte.optional().describe("Recommended retries; 1"),
    fifo: count(64, 256).optional().describe("Bytes of each FIFO; 256"),
    "busy-while-full": flag
      .optional()
      .describe("B_BUSY stays set while no further request can be taken"),
    "hardware-reset": duration
      .optional()
      .describe("INTMASK has a BMC_HWRST bit; the reset takes so long"),
  })
  .describe("On bt: what the interface can do");
export type BtAbilities = z.output<typeof btAbilities>;
