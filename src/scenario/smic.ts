import { z } from "zod";
import { bytes, flag } from "./units.ts";

/** What only a SMIC block can meet: both streams share it. @see IPMI 2.0 §10.6 */
export const smi = z
  .strictObject({
    request: bytes.optional().describe("What it asks the BMC; Get Device ID when left out"),
    restores: flag.optional().describe("It puts the registers back as they were; true"),
  })
  .describe("smic: before the host's next access an SMI handler makes a transaction of its own");
