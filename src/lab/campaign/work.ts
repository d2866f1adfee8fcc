import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import type { Job } from "bullmq";
import { type Batch, plansOf } from "../explore/batch.ts";
import { threads } from "../explore/crew.ts";
import { buildId } from "./build.ts";
import { KEPT_S } from "./campaign.ts";
import { CampaignError } from "./error.ts";
import { packed } from "./packed.ts";
import { PREFIX, placesOf, queueName } from "./places.ts";
import type { QueueServer } from "./server.ts";

/** A batch whose worker is not heard of for so long, in milliseconds, is another's. */
const LOCK_MS = 5_000;
/** Between two looks for such batches, in milliseconds. */
const STALLED_MS = 2_000;
/** A batch that so many workers died of is at fault itself. */
const DEATHS_MAX = 20;
/** Between two words of how far a worker is, in milliseconds. */
const TOLD_MS = 1_000;
/** For the batches in hand when it is to end, in milliseconds. */
const LEAVING_MAX_MS = 5_000;

/** What a worker says of itself. */
export interface WorkerFacts {
  readonly host: string;
  readonly pid: number;
  readonly threads: number;
  readonly runs: number;
  /** Runs that somebody else had had as well: they count once. */
  readonly again: number;
  /** When it said so, in milliseconds since 1970. */
  readonly seenMs: number;
}

interface Work {
  readonly campaign: string;
  readonly workers: number;
  /** Ends it, after the batches that are in hand. */
  readonly signal: AbortSignal;
}

/** Has batches of a campaign, and of the next one of that name, until it is told to end. */
export async function workFor(server: QueueServer, work: Work): Promise<void> {
  await new Working(server, work).done();
}

class Working {
  readonly #server: QueueServer;
  readonly #work: Work;
  readonly #build = buildId();
  readonly #places: ReturnType<typeof placesOf>;
  readonly #crew: ReturnType<typeof threads>;
  readonly #id = randomUUID();
  #runs = 0;
  #again = 0;

  constructor(server: QueueServer, work: Work) {
    this.#server = server;
    this.#work = work;
    this.#places = placesOf(work.campaign);
    this.#crew = threads(work.workers);
  }

  async done(): Promise<void> {
    const { bullmq, redis } = this.#server;
    const { campaign, workers } = this.#work;
    try {
      await this.#refuseOthers();
      const worker = new bullmq.Worker(queueName(campaign, this.#build), (job) => this.#have(job), {
        connection: redis,
        prefix: PREFIX,
        // One is worked on by each thread, and one lies ready.
        concurrency: workers + 1,
        lockDuration: LOCK_MS,
        stalledInterval: STALLED_MS,
        maxStalledCount: DEATHS_MAX,
        removeOnComplete: { count: 0 },
      });
      worker.on("error", () => {});
      try {
        await this.#untilEnd();
      } finally {
        const late = new Promise((resolve) => setTimeout(resolve, LEAVING_MAX_MS).unref());
        await Promise.race([worker.close(redis.status !== "ready"), late]);
      }
    } finally {
      await this.#crew.dismiss();
      if (redis.status === "ready") {
        await redis.hdel(this.#places.workers, this.#id);
        await this.#letFallAway();
      }
      this.#server.leave();
    }
  }

  /** What was had by another that was thought to be dead is not had again. */
  async #have(job: Job<Batch>): Promise<void> {
    const { redis } = this.#server;
    const { results, state } = this.#places;
    const id = job.id ?? "";
    if ((await redis.hexists(results, id)) === 1) return;
    const outcomes = await this.#crew.run(plansOf(job.data));
    this.#runs += outcomes.length;
    // Nobody waits for it any more.
    if ((await redis.hexists(state, "endedMs")) === 1) return;
    const first = await redis.hsetnx(results, id, packed(outcomes));
    await redis.expire(results, KEPT_S);
    if (first === 0) this.#again += outcomes.length;
  }

  /** Says now and then how far it is. A server that is away is waited for, but not when it is to end. */
  async #untilEnd(): Promise<void> {
    const { signal } = this.#work;
    const ended = new Promise<void>((resolve) => {
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
    while (!signal.aborted) {
      const told = this.#refuseOthers().then(() => this.#tell());
      const again = told.then(() => new Promise((resolve) => setTimeout(resolve, TOLD_MS).unref()));
      await Promise.race([again, ended]);
    }
  }

  async #tell(): Promise<void> {
    const { redis } = this.#server;
    const facts: WorkerFacts = {
      host: hostname(),
      pid: process.pid,
      threads: this.#work.workers,
      runs: this.#runs,
      again: this.#again,
      seenMs: Date.now(),
    };
    await redis.hset(this.#places.workers, { [this.#id]: JSON.stringify(facts) });
    await this.#letFallAway();
  }

  /** BullMQ's own notes are made anew by whoever looks for stalled batches. */
  async #letFallAway(): Promise<void> {
    const notes = `${PREFIX}:${queueName(this.#work.campaign, this.#build)}:meta`;
    for (const place of [this.#places.workers, notes]) {
      await this.#server.redis.expire(place, KEPT_S);
    }
  }

  /** A run is a function of its plan and of this code. */
  async #refuseOthers(): Promise<void> {
    const { build, version, endedMs } = await this.#server.redis.hgetall(this.#places.state);
    if (build === undefined || build === this.#build || endedMs !== undefined) return;
    const { campaign } = this.#work;
    const what = `the campaign ${campaign} is of another baseboard: ${version}, build ${build}`;
    const remedy = `this one is of build ${this.#build}; have the same one on all machines`;
    throw new CampaignError("OTHER_VERSION", what, remedy);
  }
}
