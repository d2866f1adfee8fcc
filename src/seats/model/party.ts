import type { LabBmc } from "../../match/party.ts";

/** Our own BMC on registers, or a bus, of the lab's: the arena has it as it is. */
export const model: LabBmc = {
  name: "model",
  time: "lab",
  whyNot: () => undefined,
  join: () => ({ leave: () => {} }),
};
