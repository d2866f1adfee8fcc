import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { SeatError } from "../programs/errors.ts";
import { TemporaryFolder } from "../programs/life.ts";
import { compareVersions, versionMatches } from "./version.ts";

const FORMAT = 1;
const MANIFEST = "kernel.json";
/** A kernel's name is a folder's, so it may come from a user, but also from a stranger's image. */
const NAME = /^[A-Za-z0-9][\w.+~-]{0,127}$/;

/** In hexadecimal digits. */
export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

export const fileEntry = z.object({ file: z.string(), sha256: z.string() });

/** What the small JSON file beside any cached kernel says. */
export const storedSchema = z.object({
  format: z.literal(FORMAT),
  /** The kernel's version as its makers count: 6.1.192. */
  version: z.string(),
  /** What `uname -r` says, which is also the name of its modules' folder. */
  release: z.string(),
  source: z.string(),
  packages: z.array(z.object({ name: z.string(), version: z.string(), sha256: z.string() })),
  image: fileEntry,
  /** In the order in which they load. */
  modules: z.array(fileEntry.extend({ name: z.string() })),
});
type Stored = z.infer<typeof storedSchema>;

/** A kernel that is ready to be started. */
export interface StoredKernel<M extends Stored = Stored> {
  readonly name: string;
  readonly folder: string;
  readonly manifest: M;
}

/**
 * What a kernel is called: its version when it is a distribution's own, else its name. So no two in
 * one store are called the same.
 */
export function storedTitle({ name, manifest }: StoredKernel): string {
  const distributions = name === manifest.release && manifest.packages.length > 0;
  return distributions ? manifest.version : name;
}

/** $BASEBOARD_CACHE, else $XDG_CACHE_HOME/baseboard, else ~/.cache/baseboard. */
export function cacheFolder(): string {
  const { BASEBOARD_CACHE: own, XDG_CACHE_HOME: xdg } = process.env;
  if (own) return own;
  return join(xdg ? xdg : join(homedir(), ".cache"), "baseboard");
}

/** Kernels of one kind, each in a folder of its own with a manifest. */
export class KernelStore<M extends Stored> {
  private readonly _name: string;
  private readonly _schema: z.ZodType<M>;

  /** `name`: the folder below the cache's. */
  constructor(name: string, schema: z.ZodType<M>) {
    this._name = name;
    this._schema = schema;
  }

  get folder(): string {
    return join(cacheFolder(), this._name);
  }

  /** All of them, oldest first. A folder without a readable manifest is none. */
  list(): readonly StoredKernel<M>[] {
    const kernels: StoredKernel<M>[] = [];
    for (const name of foldersIn(this.folder)) {
      const kernel = this.#read(name);
      if (kernel !== undefined) kernels.push(kernel);
    }
    return kernels.sort(
      (a, b) =>
        compareVersions(a.manifest.version, b.manifest.version) || compareVersions(a.name, b.name),
    );
  }

  /** The newest by that name or version; throws `KERNEL_AMBIGUOUS` when several are the newest. */
  find(wanted: string): StoredKernel<M> | undefined {
    const kernels = this.list();
    const named = kernels.find((kernel) => kernel.name === wanted);
    if (named !== undefined) return named;
    const fitting = kernels.filter((each) => versionMatches(each.manifest.version, wanted));
    const newest = fitting.at(-1);
    const alike = fitting.filter((each) => each.manifest.version === newest?.manifest.version);
    if (alike.length < 2) return newest;
    const names = alike.map(({ name }) => name).join(" and ");
    throw new SeatError(
      "KERNEL_AMBIGUOUS",
      `${alike.length} kernels here are ${newest?.manifest.version}: ${names}`,
      "say which one by its name",
    );
  }

  /** Takes one out, by the same rule as `find`. Throws `NO_SUCH_KERNEL` when there is none. */
  remove(wanted: string): StoredKernel<M> {
    const kernel = this.find(wanted);
    if (kernel === undefined) {
      const have = this.list().map((each) => each.name);
      const text = have.length === 0 ? "no kernels are cached" : `cached are ${have.join(", ")}`;
      throw new SeatError("NO_SUCH_KERNEL", `no kernel ${wanted} is cached`, text);
    }
    rmSync(kernel.folder, { recursive: true, force: true });
    return kernel;
  }

  /**
   * Has a kernel's files made and puts them into the store in one step: until the rename there is
   * nothing that `list` would see, and on failure nothing is left at all. `fill` may use the whole of
   * the work folder; what it puts into its `finished` becomes the kernel's folder. Wherever the name
   * comes from, it is checked here, and only a kernel of ours is ever replaced.
   */
  async publish(
    fill: (work: string, finished: string) => Promise<{ name: string; manifest: M }>,
  ): Promise<StoredKernel<M>> {
    const root = this.folder;
    const work = new TemporaryFolder(root, ".adding-");
    try {
      const finished = join(work.path, "finished");
      mkdirSync(finished);
      const { name, manifest: filled } = await fill(work.path, finished);
      work.check();
      writeFileSync(join(finished, MANIFEST), `${JSON.stringify(filled, undefined, 2)}\n`);
      checkKernelName(name);
      const folder = join(root, name);
      if (existsSync(folder)) {
        if (this.#read(name) === undefined) {
          throw new SeatError(
            "KERNEL_EXISTS",
            `${folder} is there and has no ${MANIFEST} of ours, so it is not replaced`,
            "give another --name, or move it away",
          );
        }
        renameSync(folder, join(work.path, "replaced"));
      }
      renameSync(finished, folder);
      return { name, folder, manifest: filled };
    } finally {
      work.kill();
    }
  }

  #read(name: string): StoredKernel<M> | undefined {
    const folder = join(this.folder, name);
    const path = join(folder, MANIFEST);
    if (name.startsWith(".") || statSync(path, { throwIfNoEntry: false })?.isFile() !== true) {
      return undefined;
    }
    const parsed = this._schema.safeParse(parsedJson(readFileSync(path, "utf8")));
    return parsed.success ? { name, folder, manifest: parsed.data } : undefined;
  }
}

/** Throws `BAD_KERNEL_SPEC` unless a kernel, and so a folder of the cache, can be called that. */
export function checkKernelName(name: string): void {
  if (NAME.test(name)) return;
  throw new SeatError(
    "BAD_KERNEL_SPEC",
    `${JSON.stringify(name.slice(0, 130))} cannot be a kernel's name`,
    "give one with --name: letters, digits and .+~_-, a letter or digit first",
  );
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function foldersIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}
