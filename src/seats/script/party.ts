import type { HostParty } from "../../match/party.ts";
import { interfaceOf } from "../../scenario/on-interface.ts";
import type { Scenario } from "../../scenario/schema.ts";
import { DEFAULT_PROMISES } from "../../trace/head.ts";
import { ScriptInLab } from "./in-lab.ts";
import { ScriptInRealTime } from "./in-real-time.ts";

/** A host that is written down in the scenario: firmware, say, of which nothing but its accesses is known. */
export const script: HostParty = {
  name: "script",
  seat: "script",
  alias: "script",
  id: "script",
  pure: false,
  whyNot,
  promises: () => DEFAULT_PROMISES,
  lab: { clock: () => "virtual", enter: (entry) => new ScriptInLab(entry) },
  real: { enter: (entry) => new ScriptInRealTime(entry) },
};

function whyNot(scenario: Scenario): string | undefined {
  const { name, host, faults = [], second } = scenario;
  if (host?.script === undefined) return `${name} has no script of a host's register accesses`;
  if (interfaceOf(scenario) === "ssif") return "a script is for registers, and SSIF is a bus";
  if (second !== undefined) return "a script is at one interface, not at a second";
  const lives = faults.some((fault) => fault.host !== undefined);
  return lives ? `${name} has faults in a host's life, and a script has none` : undefined;
}
