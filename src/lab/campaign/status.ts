import { buildId } from "./build.ts";
import { CampaignError } from "./error.ts";
import { PREFIX, placesOf, queueName } from "./places.ts";
import type { QueueServer } from "./server.ts";
import type { WorkerFacts } from "./work.ts";

/** A worker that is not heard of for so long, in milliseconds, is taken for dead. */
const SILENT_MS = 5_000;

/** How a campaign is getting on. */
export interface CampaignStatus {
  readonly campaign: string;
  readonly version: string;
  /** Whether workers of this very code can have its runs. */
  readonly ours: boolean;
  readonly host: string;
  readonly pid: number;
  /** `silent`: its beginner is not heard of, and can be replaced. */
  readonly state: "going on" | "silent" | "over";
  /** Since when, and if it is over until when; milliseconds since 1970. */
  readonly beganMs: number;
  readonly endedMs: number | undefined;
  /** The scenario that is searched, and of its runs those that are judged, and are broken. */
  readonly scenario: string | undefined;
  readonly runs: number;
  readonly brokenRuns: number;
  /** How many runs there are; undefined when as many as there is time for. */
  readonly total: number | undefined;
  /** Batches that wait for a worker, and that one has. */
  readonly waiting: number;
  readonly active: number;
  readonly workers: readonly (WorkerFacts & { readonly alive: boolean })[];
}

/** Looks at a campaign, and changes nothing. Throws when there is none of that name. */
export async function statusOf(server: QueueServer, campaign: string): Promise<CampaignStatus> {
  const { redis } = server;
  const { state, lock, workers } = placesOf(campaign);
  const facts = await redis.hgetall(state);
  if (facts["build"] === undefined) {
    const what = `there is no campaign ${campaign} on ${server.name}`;
    throw new CampaignError("NO_SUCH_CAMPAIGN", what);
  }
  const nowMs = Date.now();
  const numberAt = (name: string) => (facts[name] === undefined ? undefined : Number(facts[name]));
  const endedMs = numberAt("endedMs");
  const held = (await redis.exists(lock)) === 1;
  const those: readonly WorkerFacts[] = (await redis.hvals(workers)).map((it) => JSON.parse(it));
  return {
    campaign,
    version: facts["version"] ?? "",
    ours: facts["build"] === buildId(),
    host: facts["host"] ?? "",
    pid: numberAt("pid") ?? 0,
    state: endedMs !== undefined ? "over" : held ? "going on" : "silent",
    beganMs: numberAt("beganMs") ?? 0,
    endedMs,
    scenario: facts["scenario"],
    runs: numberAt("runs") ?? 0,
    brokenRuns: numberAt("brokenRuns") ?? 0,
    total: numberAt("total"),
    ...(await batchesOf(server, queueName(campaign, facts["build"]))),
    workers: those
      .map((worker) => ({ ...worker, alive: nowMs - worker.seenMs < SILENT_MS }))
      .sort((a, b) => a.host.localeCompare(b.host) || a.pid - b.pid),
  };
}

/** Asked without BullMQ, which would note there that it came by. */
async function batchesOf({ redis }: QueueServer, name: string) {
  const [waiting, active] = await Promise.all(
    ["wait", "active"].map((list) => redis.llen(`${PREFIX}:${name}:${list}`)),
  );
  return { waiting: waiting ?? 0, active: active ?? 0 };
}
