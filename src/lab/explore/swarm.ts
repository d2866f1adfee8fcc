import fc from "fast-check";
import type { CoveredRuns } from "./covered.ts";
import { faultKinds } from "./fault-kinds.ts";
import type { Injection, RunPlan } from "./plan.ts";
import { placeOf, type Share, WHOLE } from "./share.ts";
import type { Strategy } from "./strategy.ts";
import { at, isList, isMap, type Tree, type TreeMap, textOf, treeOf, withAt } from "./tree.ts";

const TIMES_MAX = 12;
const FAULTS_MAX = 3;
const EVERY_MAX_US = 2_000_000;
/** From a BMC that answers at once to one that needs as long as slow ones do. */
const LATENCY_MAX_US = { "input-latency": 400, "command-latency": 200_000 } as const;

/** Random runs: some of the scenario's users, some of its faults, other faults, other timing. */
export class Swarm implements Strategy {
  readonly total = undefined;
  private readonly _seed: number;
  private readonly _share: Share;
  private readonly _runs: fc.Arbitrary<RunPlan>;
  private _given = 0;
  private _settled = 0;

  /** `events`: how many there are in the scenario's run. `share`: the part that is had here. */
  constructor(
    scenario: string,
    { seed, events, share = WHOLE }: { seed: number; events: number; share?: Share | undefined },
  ) {
    this._seed = seed;
    this._share = share;
    this._runs = runs(scenario, events);
  }

  next(): RunPlan | undefined {
    const seed = (this._seed + placeOf(this._share, this._given++)) | 0;
    return fc.sample(this._runs, { seed, numRuns: 1 })[0];
  }

  settle(): void {
    this._settled++;
  }

  coverage(): CoveredRuns {
    return { by: "runs", runs: this._settled, kind: "random" };
  }
}

function runs(scenario: string, events: number): fc.Arbitrary<RunPlan> {
  const tree = treeOf(scenario);
  const injection = fc
    .record({ kind: fc.constantFrom(...faultKinds(scenario)), n: fc.nat(events) })
    .map(({ kind, n }): readonly Injection[] => kind.injections({ n }));
  return fc
    .record({
      seed: fc.nat(),
      workload: workload(tree),
      faults: part(listAt(tree, "faults"), 0),
      latencies: fc.record({
        "input-latency": fc.integer({ min: 0, max: LATENCY_MAX_US["input-latency"] }),
        "command-latency": fc.integer({ min: 0, max: LATENCY_MAX_US["command-latency"] }),
      }),
      inject: fc.array(injection, { minLength: 1, maxLength: FAULTS_MAX }),
    })
    .map(({ seed, workload, faults, latencies, inject }) => {
      const bmc = at(tree, ["bmc"]);
      const slow = Object.entries(latencies).map(([name, us]) => [name, `${us}us`]);
      const changed: TreeMap = {
        ...tree,
        workload,
        faults,
        bmc: { ...(isMap(bmc) ? bmc : {}), ...Object.fromEntries(slow) },
      };
      return { scenario: textOf(changed), seed, inject: inject.flat(), delays: [] };
    });
}

/** Some of the users, with other numbers of requests, in other intervals. */
function workload(tree: TreeMap): fc.Arbitrary<readonly Tree[]> {
  const actors = listAt(tree, "workload").map((actor) => {
    const steps = at(actor, ["steps"]);
    if (!isList(steps)) return fc.constant(actor);
    return fc.tuple(...steps.map(step)).map((varied) => withAt(actor, ["steps"], varied));
  });
  return fc.tuple(...actors).chain((varied) => part(varied, 1));
}

function step(tree: Tree): fc.Arbitrary<Tree> {
  if (at(tree, ["times"]) === undefined) return fc.constant(tree);
  return fc
    .record({ times: fc.integer({ min: 1, max: TIMES_MAX }), every: fc.nat(EVERY_MAX_US) })
    .map(({ times, every }) => {
      const varied = withAt(tree, ["times"], String(times));
      const spaced = at(tree, ["every"]) !== undefined;
      return spaced ? withAt(varied, ["every"], `${every}us`) : varied;
    });
}

function part(items: readonly Tree[], minLength: number): fc.Arbitrary<readonly Tree[]> {
  return fc.subarray([...items], { minLength });
}

function listAt(tree: TreeMap, key: string): readonly Tree[] {
  const found = at(tree, [key]);
  return isList(found) ? found : [];
}
