import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { type BuildContext, context, type PluginBuild } from "esbuild";
import type { InterfaceKind } from "../../src/wire/interface.ts";
import { type Bug, interfacesOf, spoiled } from "./bug.ts";
import type { Plan, Until } from "./player.ts";
import { type Outcome, type Played, type Result, resultOf } from "./sort.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
export const SOURCES = join(ROOT, "src");
const SCENARIOS = join(ROOT, "scenarios");
/** A bug can make a party go round in circles within one access, and then only this ends it. */
const PLAYER_MAX_MS = 600_000;

type Builder = BuildContext<{ write: false }>;

/** The sources as one bundle, with one bug after the other in it. No file is changed. */
export class Workshop {
  readonly #scenarios: readonly string[];
  #builder: Promise<Builder> | undefined;
  #bug: Bug | undefined;

  /** `chosen`: these scenarios alone. */
  constructor(chosen?: readonly string[]) {
    this.#scenarios = readdirSync(SCENARIOS)
      .filter((name) => name.endsWith(".yaml") && chosen?.includes(name.slice(0, -5)) !== false)
      .sort()
      .map((name) => readFileSync(join(SCENARIOS, name), "utf8"));
  }

  /** The texts of the scenarios that are played here. */
  get scenarios(): readonly string[] {
    return this.#scenarios;
  }

  async close(): Promise<void> {
    await (await this.#builder)?.dispose();
  }

  /** Plays all matches of these interfaces without any bug. */
  async plain(interfaces: readonly InterfaceKind[]): Promise<readonly Played[]> {
    return await this.#play<Played>({ interfaces, scenarios: this.#scenarios });
  }

  /** Plays the matches with the bug, until the rule that is wanted was found, or all of them. */
  async with(bug: Bug, without: readonly Played[], all: boolean): Promise<Result> {
    const until: Until = { first: all ? Number.POSITIVE_INFINITY : 0, blame: "right rule" };
    return resultOf(bug, await this.outcomes({ bug, without, until }));
  }

  /** What comes of the matches with the bug, in the order in which the scenarios are given. */
  async outcomes(
    played: NonNullable<Plan["bug"]>,
    scenarios = this.#scenarios,
    maxMs = PLAYER_MAX_MS,
  ): Promise<readonly Outcome[]> {
    this.#bug = played.bug;
    const plan = { interfaces: interfacesOf(played.bug), scenarios, bug: played };
    return await this.#play<Outcome>(plan, maxMs);
  }

  /** What the player told; of one that had to be ended, what it told until then. */
  async #play<Told>(plan: Plan, maxMs = PLAYER_MAX_MS): Promise<readonly Told[]> {
    const player = new Worker(await this.#bundle(), { eval: true, workerData: plan });
    const told: Told[] = [];
    const ended = setTimeout(() => void player.terminate(), maxMs);
    player.on("message", (each: Told) => told.push(each));
    await new Promise<void>((resolve, reject) => {
      player.on("error", reject);
      player.on("exit", () => resolve());
    });
    clearTimeout(ended);
    return told;
  }

  async #bundle(): Promise<string> {
    this.#builder ??= context({
      entryPoints: [join(ROOT, "tools/bugs/player.ts")],
      bundle: true,
      write: false,
      platform: "node",
      format: "cjs",
      logLevel: "silent",
      plugins: [{ name: "bug", setup: (build: PluginBuild) => this.#setUp(build) }],
    });
    const { outputFiles } = await (await this.#builder).rebuild();
    return outputFiles[0]?.text ?? "";
  }

  /** Hands out each source as it is, but for the one that has the bug. */
  #setUp(build: PluginBuild): void {
    build.onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const text = readFileSync(path, "utf8");
      const spoils = this.#bug !== undefined && relative(SOURCES, path) === this.#bug.file;
      return { contents: spoils && this.#bug ? spoiled(this.#bug, text) : text, loader: "ts" };
    });
  }
}

/** What the bug changes must be there, and once. */
export function checkPlace(bug: Bug): void {
  spoiled(bug, readFileSync(join(SOURCES, bug.file), "utf8"));
}
