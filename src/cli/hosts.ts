/**
 * From the words that a user gives to hosts, and what to do about a kernel that is not here.
 */
import { HOSTS, type HostParty, hostSeat, type Scenario, seatsOf } from "../lab/index.ts";
import { Exit, Failure } from "./failure.ts";

/** The host that a user named. */
export function hostOf(name: string): HostParty {
  const host = find(name);
  if (host === undefined) throw missing([name]);
  return host;
}

/** Who plays when a user names nobody: our stack, or the script where that is all the host there is. */
export function usualHost(scenarios: readonly Scenario[]): string {
  const scripts = scenarios.every((scenario) => seatsOf(scenario).includes("script"));
  return scripts && scenarios.length > 0 ? "script" : "stack";
}

/** The hosts that a user named, in that order. All that are missing are named at once. */
export function hostsOf(names: readonly string[]): readonly HostParty[] {
  const found = names.map((name) => ({ name, host: find(name) }));
  const absent = found.filter(({ host }) => host === undefined);
  if (absent.length > 0) throw missing(absent.map(({ name }) => name));
  const hosts = new Map<string, HostParty>();
  for (const { name, host } of found) {
    if (host === undefined) continue;
    if (hosts.has(host.id)) {
      throw new Failure(Exit.WrongCommand, `--host ${name}: ${host.name} is named twice`);
    }
    hosts.set(host.id, host);
  }
  return [...hosts.values()];
}

/** Refuses a machine that one of the hosts cannot play on, before anything is run. */
export async function checkGuests(hosts: readonly HostParty[], qemu?: string): Promise<void> {
  for (const host of hosts) await host.check?.({ qemu });
}

/** Undefined when it is not here. */
function find(name: string): HostParty | undefined {
  const { at, which } = seatOf(name);
  return at.find(which);
}

function seatOf(name: string) {
  const seat = hostSeat(name);
  if (seat !== undefined) return seat;
  const usages = Object.values(HOSTS).map(({ usage }) => usage);
  throw new Failure(
    Exit.WrongCommand,
    `--host ${name}: only ${usages.join(", ")} can be played today`,
  );
}

function missing(names: readonly string[]): Failure {
  const lacking = Object.values(HOSTS).flatMap((seat) => {
    const which = names.map(seatOf).filter(({ at }) => at === seat);
    return which.length === 0 ? [] : [seat.missing(which.map((each) => each.which))];
  });
  return new Failure(Exit.Missing, lacking.join("; "));
}
