import { protocol } from "../protocol.ts";
import { byCall } from "../witness/beginnings.ts";
import { OpalObserver, opalTopics } from "./observer.ts";
import { callerRules } from "./rules/caller.ts";
import { firmwareRules } from "./rules/firmware.ts";

/** OPAL's calls, as the referee follows and judges them. @see OPAL API, calls 107 and 108 */
export const opal = protocol({
  name: "opal",
  begins: byCall,
  topics: opalTopics,
  observer: (topics, _taps, faults) => new OpalObserver(topics, faults),
  rules: [...callerRules, ...firmwareRules],
});
