import { readFileSync } from "node:fs";
import type { Redis } from "ioredis";
import { packagePath } from "../../package-root.ts";
import { CampaignError } from "./error.ts";

/** A server that does not answer within this time, in milliseconds, is not there. */
const ANSWER_MAX_MS = 5_000;
/** Between two attempts to find a server again that went away, in milliseconds. */
const AGAIN_MIN_MS = 100;
const AGAIN_MAX_MS = 1_000;
/** What BullMQ asks for. */
const OLDEST = [6, 2] as const;

/** The server that holds a campaign's queue, Redis or Valkey, and how one speaks to it. */
export interface QueueServer {
  /** The address, without a password in it. */
  readonly name: string;
  readonly redis: Redis;
  readonly bullmq: typeof import("bullmq");
  /** What makes this server a bad one for a campaign, a sentence each. */
  readonly warnings: readonly string[];
  /** What still waits for it is given up. */
  leave(): void;
}

interface Libraries {
  readonly bullmq: typeof import("bullmq");
  readonly Redis: typeof Redis;
}

interface Listener {
  /** The server went away, or is there again. */
  readonly onAway?: (away: boolean) => void;
}

/**
 * Connects to a server that must be there now. Should it go away later, everything that is asked of it
 * waits until it is there again.
 */
export async function connect(queue: string, { onAway }: Listener = {}): Promise<QueueServer> {
  const name = nameOf(queue);
  const { bullmq, Redis } = await libraries();
  const warnings = await lookAt(queue, name, Redis);
  const redis = new Redis(queue, {
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(times * AGAIN_MIN_MS, AGAIN_MAX_MS),
  });
  redis.on("error", () => {});
  let left = false;
  tellOf(redis, (away) => left || onAway?.(away));
  const leave = () => {
    left = true;
    redis.disconnect();
  };
  return { name, redis, bullmq, warnings, leave };
}

/** Tells once that it went, however often it is looked for, and once that it came. */
function tellOf(redis: Redis, onAway: (away: boolean) => unknown): void {
  redis.once("close", () => {
    onAway(true);
    redis.once("ready", () => {
      onAway(false);
      tellOf(redis, onAway);
    });
  });
}

/** Refuses what is no address of a server; leaves a user's name and password out. */
function nameOf(queue: string): string {
  const url = URL.canParse(queue) ? new URL(queue) : undefined;
  if (url === undefined || !/^rediss?:$/.test(url.protocol) || url.hostname === "") {
    const right = "redis://HOST:PORT, or rediss:// for one that speaks TLS";
    throw new CampaignError("BAD_QUEUE", `--queue ${queue}: ${right}`);
  }
  return `${url.protocol}//${url.host}${url.pathname === "/" ? "" : url.pathname}`;
}

/** Only who has a campaign needs them: they are no dependencies of the package. */
export async function libraries(): Promise<Libraries> {
  try {
    const [bullmq, { Redis }] = await Promise.all([import("bullmq"), import("ioredis")]);
    return { bullmq, Redis };
  } catch {
    const what = "a campaign needs two packages that do not come with baseboard";
    throw new CampaignError("QUEUE_LIBRARY_MISSING", what, `npm install ${packages().join(" ")}`);
  }
}

/** The packages, in the versions that were tried. */
function packages(): readonly string[] {
  const { peerDependencies } = JSON.parse(readFileSync(packagePath("package.json"), "utf8"));
  return Object.entries(peerDependencies).map(([name, version]) => `${name}@${version}`);
}

/** What there is to say of a server that answers; throws when none does. */
async function lookAt(
  queue: string,
  name: string,
  Client: typeof Redis,
): Promise<readonly string[]> {
  const probe = new Client(queue, { lazyConnect: true, retryStrategy: () => null });
  let why = "it does not answer";
  probe.on("error", (error: NodeJS.ErrnoException) => {
    why = error.code ?? error.message;
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(why)), ANSWER_MAX_MS);
  });
  try {
    return warningsOf(await Promise.race([probe.connect().then(() => probe.info()), late]));
  } catch (error) {
    // What a server that is there complains of, such as a wrong password, says more than that it was left.
    const replied = error instanceof Error && error.name === "ReplyError" ? error.message : why;
    const remedy = "start one, for instance: redis-server --appendonly yes";
    throw new CampaignError("QUEUE_AWAY", `${name}: no server for a campaign: ${replied}`, remedy);
  } finally {
    clearTimeout(timer);
    probe.disconnect();
  }
}

/** From the answer to INFO, a line for each fact. */
export function warningsOf(info: string): readonly string[] {
  const facts = new Map(
    info.split(/\r?\n/).map((line) => [line.split(":")[0] ?? "", line.split(":")[1] ?? ""]),
  );
  const warnings: string[] = [];
  const version = facts.get("redis_version") ?? "";
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
    const wanted = OLDEST.join(".");
    warnings.push(`it is of version ${version || "unknown"}, and BullMQ asks for ${wanted}`);
  }
  if (facts.get("aof_enabled") !== "1") {
    warnings.push("it keeps no journal (appendonly): a campaign ends with it");
  }
  const policy = facts.get("maxmemory_policy") ?? "noeviction";
  if (policy !== "noeviction") {
    warnings.push(`it throws things away when its memory is full (maxmemory-policy ${policy})`);
  }
  return warnings;
}
