import type { HostWord, Scenario } from "./schema.ts";
import { type AccessStep, SCRIPT_END } from "./vocabulary/access.ts";

/** Something that is wrong in a scenario, and where. */
export interface Wrong {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Who can sit at the host's end of a scenario, as far as it says. */
export function seatsOf({ seats, host }: Pick<Scenario, "seats" | "host">): readonly HostWord[] {
  return seats ?? (host?.script === undefined ? ["stack"] : ["script"]);
}

/** What is wrong with who acts in a scenario: users by a workload, or a host that is a script. */
export function whyNoScript(scenario: Scenario): Wrong[] {
  const { workload, host } = scenario;
  const script = host?.script;
  const isScript = seatsOf(scenario).includes("script");
  if (script === undefined) {
    if (isScript)
      return [{ path: ["seats"], message: "add the script: `host: { script: [...] }`" }];
    if (workload.length > 0) return [];
    const message = "give what the host's users do, or `host: { script: [...] }`";
    return [{ path: ["workload"], message }];
  }
  const path = ["host", "script"];
  if (seatsOf(scenario).some((seat) => seat !== "script")) {
    return [{ path: ["seats"], message: "who sits there is the script: leave seats out" }];
  }
  if (workload.length > 0) {
    return [{ path: ["workload"], message: "a host that is a script has no users: leave it out" }];
  }
  return labelsMissed(script).map(({ index, word, message }) => ({
    path: [...path, index, word],
    message,
  }));
}

function labelsMissed(script: readonly AccessStep[]) {
  const labels = [
    SCRIPT_END,
    ...script.flatMap(({ label }) => (label === undefined ? [] : [label])),
  ];
  const known = labels.join(", ");
  return script.flatMap((step, index) => {
    const wrong = (["go", "else"] as const).flatMap((word) => {
      const to = step[word];
      if (to === undefined || labels.includes(to)) return [];
      return [{ index, word, message: `no step has the label "${to}", but ${known}` }];
    });
    const { label } = step;
    const twice = label !== undefined && labels.indexOf(label) !== labels.lastIndexOf(label);
    return twice
      ? [...wrong, { index, word: "label", message: `two are called "${label}"` }]
      : wrong;
  });
}
