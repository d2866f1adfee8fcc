import type { MatchOptions, MatchResult } from "../match/match.ts";
import { inTurns } from "../match/steps.ts";
import { interfaceOf } from "../scenario/on-interface.ts";
import type { Scenario } from "../scenario/schema.ts";
import { type Kernel, kernelTitle } from "../seats/linux/index.ts";
import { type LinuxMatchOptions, runLinuxMatch } from "../seats/linux/match/linux-match.ts";
import { stackMatch } from "../seats/stack/stack-match.ts";

/** Who sits at the host's end of the wire. */
export type HostSeat =
  | { readonly kind: "stack" }
  | { readonly kind: "linux"; readonly kernel: Kernel };

/** As the host is called in a trace. */
export function hostName(host: HostSeat): string {
  return host.kind === "stack" ? "stack" : `linux:${kernelTitle(host.kernel)}`;
}

/** Why a scenario cannot be played by this host; undefined when it can. */
export function whyNotFor(scenario: Scenario, host: Pick<HostSeat, "kind">): string | undefined {
  const only = scenario["only-on"];
  const kind = interfaceOf(scenario);
  if (only !== undefined && !only.interfaces.includes(kind)) {
    const names = only.interfaces.join(", ");
    return `${scenario.name} makes sense on ${names} only, not on ${kind}: ${only.because}`;
  }
  const seats = scenario.seats ?? ["stack"];
  if (seats.includes(host.kind)) return host.kind === "linux" ? whyNoGuest(scenario) : undefined;
  return `${scenario.name} is for the host ${seats.join(" and ")}, not ${host.kind}`;
}

/** The kernel's PCI driver tries other spacings than 1 on KCS only. */
function whyNoGuest(scenario: Scenario): string | undefined {
  const { spacing = 1 } = scenario;
  const kind = interfaceOf(scenario);
  if (spacing === 1 || kind === "kcs") return undefined;
  return `a kernel looks for registers ${spacing} apart on kcs only, not on ${kind}`;
}

/** What applies to guests only is of no account to our own stack. */
export type PlayOptions = MatchOptions & Omit<LinuxMatchOptions, "kernel">;

/** Plays a match, with room for others between its steps; the signal ends it. */
export async function playOn(
  host: HostSeat,
  scenario: Scenario,
  options: PlayOptions,
): Promise<MatchResult> {
  if (host.kind === "stack") return inTurns(stackMatch(scenario, options));
  return runLinuxMatch(scenario, { ...options, kernel: host.kernel });
}
