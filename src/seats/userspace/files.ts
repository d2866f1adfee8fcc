import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { cacheFolder } from "../../kernels/store.ts";
import { compareVersions } from "../../kernels/version.ts";
import { SeatError } from "../../programs/errors.ts";
import { LIBRARIES, linkedLibraries, placeInGuest } from "../../programs/linked.ts";
import { runTool } from "../../programs/tool.ts";
import type { CpioMember } from "../linux/cpio.ts";
import type { ProgramSet } from "./programs.ts";

const text = (words: string) => new TextEncoder().encode(words);

/** Where a set lies that was unpacked and not installed. */
export function unpackedFolder(set: Pick<ProgramSet, "seat">): string {
  return join(cacheFolder(), set.seat);
}

/** Where a set is: unpacked into our cache, else this machine's own; undefined when it is not here. */
export function findPrograms(set: ProgramSet): string | undefined {
  const folders = [unpackedFolder(set), "/"];
  return folders.find((folder) => existsSync(join(folder, set.folder, set.version.program)));
}

/** How to get a set that is not here. */
export function remedyFor(set: ProgramSet): string {
  return set.got(unpackedFolder(set));
}

/** The version of a set. Throws `TOOL_FAILED` when it is too old to play, or says none. */
export async function checkedVersion(set: ProgramSet, folder: string): Promise<string> {
  const { program, says, least, before } = set.version;
  const path = join(folder, set.folder, program);
  const own = `LD_LIBRARY_PATH=${join(folder, LIBRARIES)}`;
  const { stdout, stderr } = await runTool("env", [own, path, "--version"]);
  const version = says.exec(`${stdout.toString()}\n${stderr}`)?.[1];
  if (version === undefined) {
    throw new SeatError("TOOL_FAILED", `${path} says no version of ${set.title}`, remedyFor(set));
  }
  if (compareVersions(version, least) >= 0) return version;
  throw new SeatError(
    "TOOL_FAILED",
    `${path} is ${set.title} ${version}, and ${least} is needed: ${before}`,
    `get it with \`${remedyFor(set)}\``,
  );
}

/** Programs of a set with their libraries, and what they want to find, as a guest's files. */
export async function programMembers(
  set: ProgramSet,
  folder: string,
  names: Iterable<string>,
): Promise<readonly CpioMember[]> {
  const files = new Map<string, Uint8Array>([
    ["etc/passwd", text("root:x:0:0:root:/root:/bin/sh\n")],
  ]);
  for (const file of set.files) files.set(file, text(" "));
  for (const name of names) {
    const path = join(folder, set.folder, name);
    if (!existsSync(path)) {
      const what = `${set.title} has no program ${name} in ${dirname(path)}`;
      throw new SeatError("TOOL_MISSING", what);
    }
    files.set(`bin/${name}`, readFileSync(path));
    for (const library of await linkedLibraries(path, folder)) {
      files.set(placeInGuest(library), readFileSync(library));
    }
  }
  const folders = new Set(["root", ...[...files.keys()].flatMap(foldersAbove)]);
  return [
    // The guest has this one anyway.
    ...[...folders]
      .filter((path) => path !== "bin")
      .map((path) => ({ path, kind: "folder" }) as const),
    ...[...files].map(([path, data]) => ({ path, kind: "file", data }) as const),
  ];
}

/** From the root down. */
function foldersAbove(file: string): readonly string[] {
  const found: string[] = [];
  for (let folder = dirname(file); folder !== "."; folder = dirname(folder)) found.unshift(folder);
  return found;
}
