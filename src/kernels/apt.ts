import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SeatError } from "../programs/errors.ts";
import { makeFolders } from "../programs/folders.ts";
import { hasTool, runTool, type ToolResult } from "../programs/tool.ts";
import { bmcKernelSources, kernelSources, systemCodename, systemMirrors } from "./apt-sources.ts";
import { type DebianPackage, KERNEL_PACKAGE } from "./debian-index.ts";
import { cacheFolder } from "./store.ts";

/** An index younger than this is not fetched again. */
const INDEX_AGE_MAX_MS = 12 * 3_600_000;
/** No status of apt's. */
const BUSY_STATUS = 75;
const APT_REMEDY = "Debian kernels need apt (apt-get, apt-cache) and dpkg-deb: run on Debian";

/** Whose kernels an index is of: a suite's beyond the ordinary ones, or those of a BMC's processor. */
export type AptScope = "sid" | "experimental" | "armhf";

/**
 * apt with a state of its own in our cache, so that the system's is neither read (but for mirror
 * and keyring), nor changed, nor locked, and no privilege is needed.
 */
export class OwnApt {
  readonly #root: string;
  readonly #sources: string;
  readonly #tell: (text: string) => void;

  readonly #architectures: readonly string[];

  /** `tell` hears that another process is waited for. */
  constructor(scope?: AptScope, tell: (text: string) => void = () => {}) {
    this.#tell = tell;
    this.#root = join(cacheFolder(), scope === undefined ? "apt" : `apt-${scope}`);
    this.#sources =
      scope === "armhf"
        ? bmcKernelSources(systemMirrors(), systemCodename())
        : kernelSources(systemMirrors(), scope);
    this.#architectures = scope === "armhf" ? ["amd64", "armhf"] : ["amd64"];
    for (const folder of ["etc", "state/lists/partial", "cache/archives/partial"]) {
      makeFolders(join(this.#root, folder));
    }
    writeFileSync(join(this.#root, "status"), "");
  }

  /**
   * Fetches the indexes, unless they are fresh. A mirror need not have every suite: as long as one
   * index is there, the others' trouble is only returned.
   */
  async update(): Promise<string | undefined> {
    const stamp = join(this.#root, "fetched");
    const path = join(this.#root, "etc", "kernels.sources");
    if (textOf(path) === this.#sources && ageMs(stamp) < INDEX_AGE_MAX_MS) return undefined;
    writeFileSync(path, this.#sources);
    const result = await this.#runAlone("apt-get", ["update"]);
    const trouble = failed("the package index could not be fetched", result);
    const lists = readdirSync(join(this.#root, "state", "lists"));
    if (!lists.some((name) => name.includes("_Packages"))) throw trouble;
    if (result.code !== 0) return trouble.message;
    writeFileSync(stamp, "");
    return undefined;
  }

  /** The index entries of all packages that hold kernels, or what else their names say. */
  async kernelIndex(named: RegExp = KERNEL_PACKAGE): Promise<string> {
    const names = await this.#runAlone("apt-cache", ["pkgnames", "linux-"]);
    if (names.code !== 0) throw failed("the package index could not be read", names);
    const wanted = names.stdout
      .toString()
      .split("\n")
      .filter((name) => named.test(name));
    if (wanted.length === 0) return "";
    const shown = await this.#runAlone("apt-cache", ["show", "--all-versions", ...wanted.sort()]);
    if (shown.code !== 0) throw failed("the package index could not be read", shown);
    return shown.stdout.toString();
  }

  /** Downloads a package into `folder`; apt checks it against the signed index. */
  async download(wanted: DebianPackage, folder: string): Promise<string> {
    const before = new Set(readdirSync(folder));
    const { name, version, architecture } = wanted;
    const what = `${name}${architecture === undefined ? "" : `:${architecture}`}=${version}`;
    const result = await this.#run("apt-get", ["download", what], folder);
    const path = readdirSync(folder).find((name) => name.endsWith(".deb") && !before.has(name));
    if (result.code !== 0 || path === undefined) {
      throw failed(`${what} could not be downloaded`, result);
    }
    return join(folder, path);
  }

  /**
   * What reads or writes the index is had by one process at a time: apt itself would give up at once
   * when another holds its lock. The system's lock goes with the process that has it, however it ends.
   */
  async #runAlone(program: string, args: readonly string[]): Promise<ToolResult> {
    for (const needed of ["flock", program]) {
      if (!(await hasTool(needed))) throw noProgram(needed);
    }
    const command = ["--no-fork", join(this.#root, "lock"), program, ...this.#settings(), ...args];
    const options = { cwd: this.#root };
    const busy = ["--nonblock", "--conflict-exit-code", String(BUSY_STATUS)];
    const result = await runTool("flock", [...busy, ...command], options);
    if (result.code !== BUSY_STATUS) return result;
    this.#tell("waiting for another `kernels add`, which is at the index of packages");
    return runTool("flock", command, options);
  }

  #run(program: string, args: readonly string[], cwd: string): Promise<ToolResult> {
    return runAptProgram(program, [...this.#settings(), ...args], cwd);
  }

  #settings(): readonly string[] {
    const settings = {
      "Dir::Etc::sourcelist": "/dev/null",
      "Dir::Etc::sourceparts": join(this.#root, "etc"),
      "Dir::State": join(this.#root, "state"),
      "Dir::State::status": join(this.#root, "status"),
      "Dir::Cache": join(this.#root, "cache"),
      "Dir::Cache::pkgcache": "packages.bin",
      "Dir::Cache::srcpkgcache": "sources.bin",
      "Acquire::GzipIndexes": "true",
      "Acquire::Languages": "none",
      "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled": "false",
      // The folder may be closed to the user that apt would download as when we are root.
      "APT::Sandbox::User": "root",
      "APT::Architecture": "amd64",
      "APT::Architectures": this.#architectures.join(","),
    };
    return Object.entries(settings).flatMap(([key, value]) => ["-o", `${key}=${value}`]);
  }
}

async function runAptProgram(
  program: string,
  args: readonly string[],
  cwd: string,
): Promise<ToolResult> {
  try {
    return await runTool(program, args, { cwd });
  } catch (error) {
    if (!(error instanceof SeatError) || error.code !== "TOOL_MISSING") throw error;
    throw noProgram(program);
  }
}

function noProgram(program: string): SeatError {
  return new SeatError("APT_MISSING", `there is no ${program} here`, APT_REMEDY);
}

function failed(what: string, result: ToolResult): SeatError {
  const lines = result.stderr.split("\n").filter((line) => /^[EW]:/.test(line));
  const why = lines.slice(0, 3).join(" ");
  return new SeatError("APT_FAILED", `${what}: ${why || `status ${result.code}`}`);
}

function textOf(path: string): string | undefined {
  return statSync(path, { throwIfNoEntry: false }) === undefined
    ? undefined
    : readFileSync(path, "utf8");
}

function ageMs(path: string): number {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? Number.POSITIVE_INFINITY : Date.now() - found.mtimeMs;
}
