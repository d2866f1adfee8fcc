import { answer, host, request, type Script, user } from "../script.ts";
import type { RuleCases } from "./case.ts";

/** The stack asks on its own account, and hears that. */
function own(message: string, response: string, name = "system-interface"): Script {
  return [request(90, message, name), answer(90, response)];
}

const flags = (response: string) => own("18 31", response);
const CLEAR = flags("00 00");
const EVENT = flags("00 02");
const reads = (response: string) => own("18 35", response);
const NONE = reads("80");
const AN_EVENT = reads("00 01 00 02 0a 00 00 00 20 00 04 01 30 01 57 00 00");
const BEGINS: Script = [host("start"), host("up"), user("a", "listens")];

export const ofNoUseCases: RuleCases = {
  "STACK-52": {
    fires: [
      { name: "nothing stands", script: [...BEGINS, ...CLEAR, "+1ms", ...CLEAR] },
      { name: "what stands is not there", script: [...BEGINS, ...EVENT, ...NONE, ...EVENT] },
      { name: "refused", script: [...BEGINS, ...flags("c1"), ...flags("c1")] },
      {
        name: "a pre-timeout that is cleared, and stands",
        script: [...BEGINS, ...flags("00 08"), ...own("18 30 08", "00"), ...flags("00 08")],
      },
    ],
    silent: [
      { name: "behind a pause", script: [...BEGINS, ...CLEAR, "+10ms", ...CLEAR] },
      {
        name: "the pause begins behind the last answer",
        script: [...BEGINS, ...EVENT, "+9ms", ...NONE, "+10ms", ...EVENT],
      },
      { name: "an event came", script: [...BEGINS, ...EVENT, ...AN_EVENT, ...EVENT] },
      {
        name: "an event came, and then none",
        script: [...BEGINS, ...EVENT, ...AN_EVENT, ...NONE, ...EVENT],
      },
      { name: "a user's own", script: [...BEGINS, ...CLEAR, request(1, "18 31")] },
      {
        name: "the BMC was found anew",
        script: [...BEGINS, ...CLEAR, ...own("18 42 0e", "00", "channels"), ...CLEAR],
      },
      { name: "it was given up between", script: [...BEGINS, ...CLEAR, host("failed"), ...CLEAR] },
    ],
  },
};
