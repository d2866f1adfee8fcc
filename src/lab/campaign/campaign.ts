import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import type { Queue } from "bullmq";
import { assert } from "../../assert.ts";
import { batchOf } from "../explore/batch.ts";
import { type Crew, threads } from "../explore/crew.ts";
import type { RunPlan } from "../explore/plan.ts";
import type { Progress } from "../explore/progress.ts";
import type { Breach, Outcome } from "../explore/run.ts";
import type { Shrunk } from "../explore/shrink.ts";
import { buildId } from "./build.ts";
import { CampaignError } from "./error.ts";
import { batchId, unpacked } from "./packed.ts";
import { PREFIX, placesOf, queueName } from "./places.ts";
import type { QueueServer } from "./server.ts";

/** Whoever has begun a campaign and is not heard of for so long, in milliseconds, is dead. */
const ALIVE_MS = 10_000;
const RENEW_MS = 3_000;
/** Between two looks for outcomes, in milliseconds. */
const LOOK_MS = 20;
/** A batch that nobody has had for so long, in milliseconds, is put into the queue once more if it is lost. */
const MISSED_MS = 3_000;
/** What lies on the server falls away when nobody has touched it for so long, in seconds: a week. */
export const KEPT_S = 7 * 24 * 3_600;
/** What is known of a campaign that is over can be looked at for so long, in seconds. */
const SHOWN_S = 3_600;
/** A server that went away must not keep who wants to leave, in milliseconds. */
const LEAVING_MAX_MS = 2_000;

interface Waiting {
  readonly plans: number;
  readonly data: ReturnType<typeof batchOf>;
  readonly have: (outcomes: readonly Outcome[]) => void;
  readonly fail: (error: Error) => void;
  sinceMs: number;
}

/**
 * A crew whose workers are other processes, on any machine, who come and go as they like: they have
 * their batches from a queue. A batch's outcomes lie on the server by the batch's own name, so a batch
 * that was had twice counts once, and whoever begins a campaign again that broke off finds what is there.
 */
export class Campaign implements Crew {
  /** Enough in the queue that many workers have some. */
  readonly workers = 16;
  readonly batch = 64;
  readonly #server: QueueServer;
  readonly #queue: Queue;
  readonly #places: ReturnType<typeof placesOf>;
  readonly #me = JSON.stringify({ host: hostname(), pid: process.pid, id: randomUUID() });
  /** By the batch's id; the same batch may be waited for more than once. */
  readonly #waiting = new Map<string, Waiting[]>();
  #local: Crew | undefined;
  #timers: NodeJS.Timeout[] = [];
  #looking = false;
  #over: Promise<void> | undefined;

  private constructor(server: QueueServer, campaign: string, build: string) {
    const { bullmq, redis } = server;
    this.#server = server;
    this.#places = placesOf(campaign);
    this.#queue = new bullmq.Queue(queueName(campaign, build), {
      connection: redis,
      prefix: PREFIX,
      defaultJobOptions: { removeOnComplete: true },
    });
    this.#queue.on("error", () => {});
  }

  /** Begins a campaign, or goes on with one whose beginner died. Throws when he lives. */
  static async begin(server: QueueServer, campaign: string, version: string): Promise<Campaign> {
    const build = buildId();
    const begun = new Campaign(server, campaign, build);
    try {
      await begun.#enter(campaign, { build, version });
    } catch (error) {
      await begun.#queue.close();
      server.leave();
      throw error;
    }
    return begun;
  }

  async run(plans: readonly RunPlan[]): Promise<readonly Outcome[]> {
    const data = batchOf(plans);
    const id = batchId(data);
    const outcomes = new Promise<readonly Outcome[]>((have, fail) => {
      const others = this.#waiting.get(id) ?? [];
      const waiting = { plans: plans.length, data, have, fail, sinceMs: performance.now() };
      this.#waiting.set(id, [...others, waiting]);
    });
    // A batch that is there already is not put there again: BullMQ knows it by its id.
    this.#queue.add("batch", data, { jobId: id }).catch(() => {});
    return outcomes;
  }

  /** Shrinking is one long piece of work after the other: it is had here. */
  async shrink(plan: RunPlan, breach: Breach): Promise<Shrunk> {
    this.#local ??= threads(1);
    assert(this.#local.shrink !== undefined, "threads can make a run smaller");
    return this.#local.shrink(plan, breach);
  }

  tell(scenario: string, { runs, brokenRuns, total }: Progress): void {
    const { redis } = this.#server;
    const { state } = this.#places;
    const facts = { scenario, runs, brokenRuns, ...(total !== undefined && { total }) };
    const told = redis.multi().hdel(state, "total").hset(state, facts).exec();
    // What is not told when it is over is not missed.
    told.catch(() => {});
  }

  dismiss(): Promise<void> {
    this.#over ??= this.#leave();
    return this.#over;
  }

  async #enter(campaign: string, facts: Readonly<Record<string, string>>): Promise<void> {
    const { redis } = this.#server;
    const { lock, state, results, workers } = this.#places;
    const mine = await redis.set(lock, this.#me, "PX", ALIVE_MS, "NX");
    if (mine === null) {
      const { host, pid } = JSON.parse((await redis.get(lock)) ?? "{}");
      const what = `the campaign ${campaign} is under way, begun on ${host} by process ${pid}`;
      const remedy = `should that one have died: it can be gone on with ${ALIVE_MS / 1_000} s later`;
      throw new CampaignError("CAMPAIGN_UNDER_WAY", what, remedy);
    }
    // What the last one still wanted is not wanted; what it had is.
    await this.#queue.drain();
    const { host, pid } = JSON.parse(this.#me);
    // Who worked for one that is over is not one of these, unless he says so anew.
    if ((await redis.hexists(state, "endedMs")) === 1) await redis.del(workers);
    await redis.del(state);
    await redis.hset(state, { ...facts, host, pid, beganMs: Date.now() });
    for (const place of [state, results]) await redis.expire(place, KEPT_S);
    this.#timers = [
      setInterval(() => void this.#look(), LOOK_MS),
      setInterval(() => void this.#renew().catch(() => {}), RENEW_MS),
    ];
  }

  /** Takes the outcomes that are there. */
  async #look(): Promise<void> {
    const ids = [...this.#waiting.keys()];
    if (this.#looking || ids.length === 0) return;
    this.#looking = true;
    try {
      const found = await this.#server.redis.hmget(this.#places.results, ...ids);
      for (const [index, id] of ids.entries()) {
        const text = found[index];
        if (typeof text === "string") this.#settle(id, unpacked(text));
      }
      await this.#missed();
    } catch (error) {
      if (error instanceof Error) this.#fail(error);
    } finally {
      this.#looking = false;
    }
  }

  #settle(id: string, outcomes: readonly Outcome[]): void {
    for (const { plans, have } of this.#waiting.get(id) ?? []) {
      assert(outcomes.length === plans, "each run of a batch has its outcome");
      have(outcomes);
    }
    this.#waiting.delete(id);
  }

  /** A server that lost its last second has lost batches, too; and some batch may be more than workers bear. */
  async #missed(): Promise<void> {
    const nowMs = performance.now();
    for (const [id, [waiting]] of this.#waiting) {
      if (waiting === undefined || nowMs - waiting.sinceMs < MISSED_MS) continue;
      waiting.sinceMs = nowMs;
      const job = await this.#queue.getJob(id);
      if (job === undefined) await this.#queue.add("batch", waiting.data, { jobId: id });
      else if (await job.isFailed()) {
        throw new CampaignError("BATCH_FAILS", `a batch cannot be had: ${job.failedReason}`);
      }
    }
  }

  async #renew(): Promise<void> {
    const { redis } = this.#server;
    const { lock, state, results } = this.#places;
    const held = await redis.get(lock);
    if (held !== null && held !== this.#me) {
      const { host, pid } = JSON.parse(held);
      const what = `process ${pid} on ${host} has gone on with this campaign meanwhile`;
      return this.#fail(new CampaignError("CAMPAIGN_TAKEN", what));
    }
    await redis.set(lock, this.#me, "PX", ALIVE_MS);
    for (const place of [state, results]) await redis.expire(place, KEPT_S);
  }

  #fail(error: Error): void {
    for (const { fail } of [...this.#waiting.values()].flat()) fail(error);
    this.#waiting.clear();
  }

  /** Nothing of it stays on the server but how it ended, for a while. */
  async #leave(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#fail(new Error("the campaign is over"));
    await this.#local?.dismiss();
    await Promise.race([
      this.#clear().catch(() => {}),
      new Promise((resolve) => setTimeout(resolve, LEAVING_MAX_MS).unref()),
    ]);
    this.#server.leave();
  }

  async #clear(): Promise<void> {
    const { redis } = this.#server;
    const { lock, state, results, workers } = this.#places;
    if ((await redis.get(lock)) !== this.#me) return;
    await this.#queue.obliterate({ force: true });
    await redis.hset(state, { endedMs: Date.now() });
    await redis.expire(state, SHOWN_S);
    await redis.expire(workers, SHOWN_S);
    await redis.del(results, lock);
    await this.#queue.close();
  }
}
