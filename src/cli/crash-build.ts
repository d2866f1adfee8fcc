import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { assert } from "../assert.ts";
import { UnfitImage } from "../crash/bz-image.ts";
import type { CrashBounds } from "../crash/executor.ts";
import { type ExecutorLocation, isReachable } from "../crash/interfaces.ts";
import { ENDINGS, type Ending, endingCommands, isEnding, ownBzImage } from "../crash/own-image.ts";
import { wrapBzImage } from "../crash/wrap.ts";
import { barRegisters, pciBar } from "../devices/pci-function.ts";
import { locationText } from "../wire/location.ts";
import {
  type CheckedOrders,
  checkedOrders,
  checkLocation,
  type PlacedOrders,
  UNREACHABLE,
} from "./crash-orders.ts";
import { placeOf } from "./discovered.ts";
import { failureAt } from "./environment.ts";
import { Exit, Failure } from "./failure.ts";
import { crashBuildText, ownImageText } from "./report/crash.ts";
import { say } from "./say.ts";
import { tickRate } from "./tick-rate.ts";
import { WholeFile } from "./whole-file.ts";

export interface CrashBuildOptions extends PlacedOrders {
  /** False: an image of our own, with no kernel in it. */
  readonly kernel: boolean;
  /** What becomes of the machine then. */
  readonly then?: string;
  readonly out: string;
  readonly force: boolean;
}

/** No kernel image is near this. */
const IMAGE_BYTES_MAX = 512 * 1024 * 1024;
const KHZ_PER_MHZ = 1_000;
/**
 * A read of a port takes about 1 µs, so a try ends after a second or so also where the counter stands
 * still, and a BMC has 20 ms to come round between two.
 */
const LOOKS = { looks: 1_000_000, tries: 3, restLooks: 20_000 } as const;

/** Wraps the kernel, or changes nothing: the file takes its name when it is whole. */
export async function crashBuild(
  kernel: string | undefined,
  options: CrashBuildOptions,
): Promise<void> {
  const { out, force } = options;
  const ending = endingOf(kernel, options);
  const orders = checkedOrders(options, ending === undefined ? [] : endingCommands(ending));
  const { commands, budgetMs, tscMhz } = orders;
  const location = executorLocation(orders);
  const image = kernel === undefined ? undefined : imageIn(kernel);
  checkPlace(out, kernel, force);
  const ticksPerMs = tscMhz === undefined ? await tickRate() : tscMhz * KHZ_PER_MHZ;
  const bounds: CrashBounds = {
    ...LOOKS,
    ticksPerMs,
    budgetTicks: Math.ceil(budgetMs * ticksPerMs),
  };
  const parts = { location, commands, bounds };
  const built = { out, ...parts, measured: tscMhz === undefined };
  if (kernel === undefined || image === undefined) {
    assert(ending !== undefined, "without a kernel there is an ending");
    const own = ownBzImage(parts, ending);
    put(out, own.bytes);
    say(ownImageText({ ...built, own, ending }));
    return;
  }
  const wrapped = wrap(kernel, image, parts);
  put(out, wrapped.bytes);
  say(crashBuildText({ ...built, kernel, wrapped }));
}

function put(out: string, bytes: Uint8Array): void {
  const file = new WholeFile("-o", out);
  try {
    file.write(bytes);
    file.finish();
  } finally {
    file.discard();
  }
}

/** How the machine ends where no kernel follows; undefined where one does. */
function endingOf(
  kernel: string | undefined,
  { kernel: takesKernel, then }: CrashBuildOptions,
): Ending | undefined {
  const wrong = (text: string) => new Failure(Exit.WrongCommand, text);
  if (takesKernel) {
    if (kernel === undefined)
      throw wrong("a kernel is missing, such as /boot/vmlinuz; or --no-kernel");
    if (then !== undefined) throw wrong("--then: the kernel goes on; it goes with --no-kernel");
    return undefined;
  }
  if (kernel !== undefined) throw wrong(`${kernel}: with --no-kernel there is none`);
  if (then !== undefined && isEnding(then)) return then;
  throw wrong(`--then ${then ?? "is missing"}: ${ENDINGS.join(", ")} are right`);
}

function wrap(
  kernel: string,
  image: Uint8Array,
  parts: Parameters<typeof wrapBzImage>[1],
): ReturnType<typeof wrapBzImage> {
  try {
    return wrapBzImage(image, parts);
  } catch (error) {
    if (!(error instanceof UnfitImage)) throw error;
    throw new Failure(Exit.WrongCommand, `${kernel} ${error.message}`);
  }
}

/** Where the executor finds the BMC: without an operating system, and with what it has learnt. */
function executorLocation({ asked, commands }: CheckedOrders): ExecutorLocation {
  if (asked.at !== "discovered" && asked.at !== "pci") return asked;
  const given = locationText(asked);
  const place = placeOf(asked, `--at ${given}`);
  const location = place.at === "pci" ? barRegisters(place, pciBar(place)) : place;
  if (!isReachable(location)) {
    const found = `${locationText(location)} was found, and ${UNREACHABLE}`;
    throw new Failure(Exit.WrongCommand, `--at ${given}: ${found}`);
  }
  checkLocation(commands, location, `${given}, ${locationText(location)}`);
  return location;
}

function imageIn(path: string): Uint8Array {
  try {
    const found = statSync(path);
    if (!found.isFile()) throw new Failure(Exit.WrongCommand, `${path}: it is no plain file`);
    if (found.size > IMAGE_BYTES_MAX)
      throw new Failure(Exit.WrongCommand, `${path}: it is too large`);
    return readFileSync(path);
  } catch (error) {
    throw failureAt(`${path}: cannot be read`, error);
  }
}

/** Refuses what would replace a file that nobody gave up, and the kernel itself whatever is said. */
function checkPlace(out: string, kernel: string | undefined, force: boolean): void {
  if (!existsSync(out)) return;
  if (kernel !== undefined && realpathSync(out) === realpathSync(kernel)) {
    throw new Failure(
      Exit.WrongCommand,
      `-o ${out}: that is the kernel itself; keep it, and name another file`,
    );
  }
  if (!force)
    throw new Failure(Exit.WrongCommand, `-o ${out}: is there already; --force replaces it`);
}
