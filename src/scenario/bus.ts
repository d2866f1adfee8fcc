import { z } from "zod";
import { count, flag } from "./units.ts";

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
