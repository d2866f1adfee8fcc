import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { INTERFACES, type InterfaceKind } from "../../src/wire/interface.ts";
import { type Bug, spoiled } from "./bug.ts";
import type { Plan } from "./player.ts";
import { type Outcome, type Played, type Result, resultOf } from "./sort.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** What a match needs of the repository, and is not linked to. */
const COPIED = ["src", "scenarios", "schema", "tools", "package.json", "tsconfig.json"];
/** A bug can make the host go round in circles within one access, and then only this ends it. */
const PLAYER_MAX_MS = 300_000;

/** A copy of the repository in which one bug after the other is put into the sources. */
export class Workshop {
  readonly #folder = mkdtempSync(join(tmpdir(), "baseboard-bugs-"));

  constructor() {
    for (const name of COPIED)
      cpSync(join(ROOT, name), join(this.#folder, name), { recursive: true });
    symlinkSync(join(ROOT, "node_modules"), join(this.#folder, "node_modules"));
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Plays all matches of these interfaces without any bug. */
  async plain(interfaces: readonly InterfaceKind[]): Promise<readonly Played[]> {
    return await this.#play<Played>({ interfaces, all: true });
  }

  /** Plays the matches with the bug, until the rule that is wanted was found, or all of them. */
  async with(bug: Bug, without: string, all: boolean): Promise<Result> {
    const file = join(this.#folder, "src", bug.file);
    const text = readFileSync(file, "utf8");
    writeFileSync(file, spoiled(bug, text));
    try {
      const interfaces = bug.interfaces ?? INTERFACES;
      return resultOf(bug, await this.#play<Outcome>({ interfaces, bug, without, all }));
    } finally {
      writeFileSync(file, text);
    }
  }

  /** What the player printed; of one that had to be ended, what it printed until then. */
  async #play<Line>(plan: Plan): Promise<readonly Line[]> {
    const file = join(this.#folder, "plan.json");
    writeFileSync(file, JSON.stringify(plan));
    const args = ["--import", "tsx", join(this.#folder, "tools/bugs/player.ts"), file];
    const child = spawn(process.execPath, args, {
      cwd: this.#folder,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: PLAYER_MAX_MS,
    });
    let printed = "";
    let complaint = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      complaint += text;
    });
    const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
    if (code !== null && code !== 0) throw new Error(`${plan.bug?.name ?? "no bug"}: ${complaint}`);
    const lines = printed.split("\n").slice(0, -1);
    return lines.map((line): Line => JSON.parse(line));
  }
}

/** What the bug changes must be there, and once: reads the sources of the repository. */
export function checkPlace(bug: Bug): void {
  spoiled(bug, readFileSync(join(ROOT, "src", bug.file), "utf8"));
}
