import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  chosenKernel,
  type InstalledFile,
  installedFiles,
  KDUMP_SETTINGS,
  NEXT_STEPS,
  withOurSettings,
} from "../crash/install.ts";
import { checkedOrders, type PlacedOrders } from "./crash-orders.ts";
import { failureAt } from "./environment.ts";
import { Exit, Failure } from "./failure.ts";
import { say } from "./say.ts";
import { WholeFile } from "./whole-file.ts";

export interface CrashInstallOptions extends PlacedOrders {
  readonly root: string;
  readonly write: boolean;
  readonly force: boolean;
}

/** A file as it is to be, and as it is. */
interface Change extends InstalledFile {
  readonly place: string;
  readonly before: string | undefined;
}

/** Says what is to stand where, or writes it: all of it, or none. */
export function crashInstall(options: CrashInstallOptions): void {
  const orders = orderWords(options);
  const program = lastingProgram();
  const { root, write, force } = options;
  const settings = readSettings(root);
  const files = [
    ...installedFiles({ program, orders }),
    { path: KDUMP_SETTINGS, text: withOurSettings(settings ?? ""), mode: 0o644 },
  ];
  const changes = files.map((file): Change => {
    const place = join(root, file.path);
    return { ...file, place, before: textOf(place) };
  });
  if (!write) {
    say(shown(changes, settings));
    return;
  }
  refuseToReplace(changes, settings, { root, force });
  const changed = changes.filter(({ text, before }) => text !== before);
  writeAll(changed);
  const done = changed.map(({ place }) => `${place}: written`);
  say([...(done.length === 0 ? ["all is as it ought to be"] : done), "", ...leftToDo()].join("\n"));
}

/** The same that `crash build` will be told, so what it would refuse is refused now. */
function orderWords(options: CrashInstallOptions): readonly string[] {
  checkedOrders(options);
  const { at, watchdog, sel, raw = [], budget, tsc } = options;
  return [
    ...["--at", at],
    ...(watchdog === undefined ? [] : ["--watchdog", watchdog]),
    ...(sel === undefined ? [] : ["--sel", sel]),
    ...raw.flatMap((bytes) => ["--raw", bytes]),
    ...["--budget", budget],
    ...(tsc === undefined ? [] : ["--tsc", tsc]),
  ];
}

/** This very program, which is to be there at each start of the machine. */
function lastingProgram(): readonly string[] {
  const [, script = ""] = process.argv;
  const main = realpathSync(script);
  if (!main.includes("/_npx/")) return [process.execPath, main];
  throw new Failure(
    Exit.WrongCommand,
    `${main} lies in npx's cache, which is no place that lasts: install the package first, for instance by npm install -g`,
  );
}

function readSettings(root: string): string | undefined {
  return textOf(join(root, KDUMP_SETTINGS));
}

function textOf(place: string): string | undefined {
  try {
    return existsSync(place) ? readFileSync(place, "utf8") : undefined;
  } catch (error) {
    throw failureAt(`${place}: cannot be read`, error);
  }
}

/** Nothing is written before all is known to be in order. */
function refuseToReplace(
  changes: readonly Change[],
  settings: string | undefined,
  { root, force }: { readonly root: string; readonly force: boolean },
): void {
  if (settings === undefined) {
    const what = `${join(root, KDUMP_SETTINGS)} is not there: kdump-tools is not installed`;
    throw new Failure(Exit.Missing, what);
  }
  for (const { place } of changes) {
    if (existsSync(dirname(place))) continue;
    throw new Failure(Exit.Missing, `${dirname(place)} is not there: a Debian with systemd has it`);
  }
  if (force) return;
  const chosen = chosenKernel(settings);
  if (chosen !== undefined) {
    const what = `${join(root, KDUMP_SETTINGS)} has KDUMP_KERNEL=${chosen}, which somebody chose`;
    throw new Failure(Exit.WrongCommand, `${what}; --force has ours count`);
  }
  for (const { place, path, text, before } of changes) {
    if (before === undefined || before === text || path === KDUMP_SETTINGS) continue;
    throw new Failure(
      Exit.WrongCommand,
      `${place} is there already, and is another; --force replaces it`,
    );
  }
}

/** Each file takes its name when all are whole. */
function writeAll(changes: readonly Change[]): void {
  const files: WholeFile[] = [];
  try {
    for (const { place, text, mode, before } of changes) {
      const file = new WholeFile("--write", place);
      files.push(file);
      file.allow(before === undefined ? mode : statSync(place).mode & 0o7777);
      file.write(text);
    }
    for (const file of files) file.finish();
  } finally {
    for (const file of files) file.discard();
  }
}

function shown(changes: readonly Change[], settings: string | undefined): string {
  const lines = changes.flatMap(({ path, place, text, mode, before }) => {
    if (path === KDUMP_SETTINGS) return settingsLines(settings);
    const state = before === undefined ? "" : before === text ? ", as it is" : ", another is there";
    return [`== ${place} (mode ${mode.toString(8)}${state})`, text];
  });
  return [...lines, "Nothing was written; --write does that. Then:", ...leftToDo().slice(1)].join(
    "\n",
  );
}

function settingsLines(settings: string | undefined): readonly string[] {
  const added = withOurSettings("");
  if (settings === undefined) {
    return [`== ${KDUMP_SETTINGS}, at its end, once kdump-tools is installed`, added];
  }
  const chosen = chosenKernel(settings);
  const state = withOurSettings(settings) === settings ? " (as it is)" : "";
  const over = chosen === undefined ? "" : `; it has KDUMP_KERNEL=${chosen} now`;
  return [`== ${KDUMP_SETTINGS}, at its end${state}${over}`, added];
}

function leftToDo(): readonly string[] {
  return ["What is left to do, as root:", ...NEXT_STEPS.map((step) => `  ${step}`)];
}
