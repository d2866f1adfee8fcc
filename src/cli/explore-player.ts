/**
 * Whose runs `explore` has, and how one of them is had again: our stack's, a kernel's as the host, or those of a
 * kernel's driver as the BMC.
 */
import { type BmcKernel, bmcKernelTitle } from "../kernels/bmc-kernel.ts";
import {
  AtEveryAccess,
  type Crew,
  DEED_NAMES,
  type Deed,
  drivers,
  guests,
  plainPlan,
  type RunPlan,
  runOnDriver,
  runOnGuest,
  type TracedOutcome,
  threads,
  tracedRun,
} from "../lab/explore/index.ts";
import { bmcKernel, type HostParty, inTurns } from "../lab/index.ts";
import type { Search, Wishes } from "./explore-strategies.ts";
import { Exit, Failure } from "./failure.ts";

/** Who plays in an exploration. */
export interface Player {
  /** As a report calls it. */
  readonly name: string;
  /** Its runs are quick, and are made smaller. */
  readonly pure: boolean;
  /** How a run file names it, if it is not our own stack. */
  readonly seat: { readonly host?: string; readonly bmc?: string };
  crew(workers: number): Crew;
  /** Has a run once more, to write down what comes of it. */
  again(plan: RunPlan): Promise<TracedOutcome>;
}

/** A host opposite the model. */
export function hostPlayer(host: HostParty, qemu: string | undefined): Player {
  const { name, pure } = host;
  return {
    name,
    pure,
    seat: { host: name },
    crew: (workers) => (pure ? threads(workers) : guests(workers, { host, qemu })),
    again: (plan) => (pure ? inTurns(tracedRun(plan)) : runOnGuest(plan, { host, qemu })),
  };
}

/** The driver of a BMC's kernel, opposite a bare host. */
export function driverPlayer(kernel: BmcKernel, qemu: string | undefined): Player {
  const seat = `linux:${bmcKernelTitle(kernel)}`;
  return {
    name: `bare opposite ${seat}`,
    pure: false,
    seat: { bmc: seat },
    crew: (workers) => drivers(workers, { kernel, qemu }),
    again: (plan) => runOnDriver(plan, { kernel, qemu }),
  };
}

/** The kernel that a user named as the BMC to explore; undefined for the model. */
export function driverKernel(name: string): BmcKernel | undefined {
  if (name === "model") return undefined;
  const kernel = bmcKernel(name);
  if (kernel !== undefined) return kernel;
  const right = "model and linux:VERSION";
  throw new Failure(Exit.WrongCommand, `--bmc ${name}: only ${right} can be explored today`);
}

/** How a driver is searched: `--fault` picks deeds, and nothing else can be asked for. */
export function driverSearch(kernel: BmcKernel, wishes: Wishes, host: string): Search {
  if (host !== "stack") {
    throw new Failure(Exit.WrongCommand, "--host: a driver is explored by a bare host");
  }
  const { pairs, schedules, random, situations } = wishes;
  if ([pairs, schedules, random, situations].some((wish) => wish === true)) {
    const why = "a driver is explored by what may be done between two of its accesses";
    throw new Failure(Exit.WrongCommand, `${why}: leave out the kind of exploration`);
  }
  const deeds = wishes.fault?.map(deedNamed);
  return {
    what: `${deeds?.join(", ") ?? "each deed"} at every access of the driver`,
    begin: async ({ text, seed, share, qemu }) => {
      const plain = await runOnDriver({ ...plainPlan(text, seed), judge: "bmc" }, { kernel, qemu });
      const { stops } = plain;
      return { strategy: new AtEveryAccess(text, { seed, stops, deeds, share }), plain };
    },
  };
}

function deedNamed(name: string): Deed {
  const deed = DEED_NAMES.find((each) => each === name);
  if (deed !== undefined) return deed;
  throw new Failure(Exit.WrongCommand, `--fault ${name}: one of ${DEED_NAMES.join(", ")}`);
}
