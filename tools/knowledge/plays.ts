import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import type { How, KnownMatch } from "../../src/diagnosis/index.ts";
import {
  type HostParty,
  type InterfaceKind,
  type MatchResult,
  playOn,
  type Scenario,
  systemInterfaceOf,
} from "../../src/lab/index.ts";
import type { TraceSink } from "../../src/trace/tracer.ts";

/** A match that was played by a kernel, and all that its console said. */
export interface Play {
  readonly scenario: string;
  readonly kernel: string;
  readonly interface: InterfaceKind;
  readonly how: How;
  readonly fault: readonly string[];
  readonly broken: readonly string[];
  readonly console: readonly string[];
  /** Why the match broke off; what it said until then counts all the same. */
  readonly interrupted?: string;
}

/** All that a kernel keeps for `dmesg`, and not only what is wrong; and what is for debugging, too. */
const EVERYTHING = "loglevel=7";
const WITH_DEBUGGING = "loglevel=8";
/** Says when a KCS transfer is given up, and not each step. */
const KCS_DEBUG = { module: "ipmi_si", name: "kcs_debug", value: "1" };
const SECOND_US = 1_000_000;

/** Plays a match that tells everything on its console. */
export async function play(host: HostParty, scenario: Scenario, how: How): Promise<Play> {
  const lines: string[] = [];
  const sink: TraceSink = {
    event: (event) => {
      if (event.e === "console") lines.push(event.text);
    },
  };
  const played = how === "watched" ? withReader(scenario) : scenario;
  const kernelArguments = [how === "debug" ? WITH_DEBUGGING : EVERYTHING];
  const options = { sinks: () => [sink], kernelArguments };
  const seat = how === "debug" ? await debugged(host) : host;
  const result = await playOn(seat, played, options);
  return { ...identityOf(host, scenario, how), ...told(result), console: lines };
}

async function debugged(host: HostParty): Promise<HostParty> {
  return (await host.withDrivers?.({ modules: [], parameters: [KCS_DEBUG] })) ?? host;
}

export function identityOf({ name }: HostParty, scenario: Scenario, how: How) {
  return {
    scenario: scenario.name,
    kernel: name.replace("linux:", ""),
    interface: systemInterfaceOf(scenario),
    how,
  };
}

export function keyOf({
  scenario,
  kernel,
  interface: kind,
  how,
}: Pick<KnownMatch, "scenario" | "kernel" | "interface" | "how">): string {
  return [scenario, kernel, kind, how].join(" ");
}

function told({ verdict, interrupted }: MatchResult) {
  return {
    fault: [...verdict.fault],
    broken: [...new Set(verdict.violations.map(({ rule }) => rule))],
    ...(interrupted === undefined ? {} : { interrupted }),
  };
}

/** Monitoring reads there, and the kernel's hung-task detector sees only those who wait so. */
function withReader(scenario: Scenario): Scenario {
  const steps = [{ read: "firmware_revision", times: 1_000, every: SECOND_US }];
  return { ...scenario, workload: [...scenario.workload, { user: "sysfs", steps }] };
}

/** What was played already, one match a line. */
export class PlayFile {
  readonly plays: Play[] = [];
  readonly #path: string;
  readonly #keys = new Set<string>();

  constructor(path: string) {
    this.#path = path;
    if (!existsSync(path)) return;
    for (const line of readFileSync(path, "utf8").split("\n").filter(Boolean)) {
      this.#take(JSON.parse(line) as Play);
    }
  }

  has(key: string): boolean {
    return this.#keys.has(key);
  }

  add(play: Play): void {
    mkdirSync(dirname(this.#path), { recursive: true });
    appendFileSync(this.#path, `${JSON.stringify(play)}\n`);
    this.#take(play);
  }

  #take(play: Play): void {
    this.plays.push(play);
    this.#keys.add(keyOf(play));
  }
}
