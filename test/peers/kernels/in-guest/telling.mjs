/** What programs in a guest tell their test by: `= NAME JSON`, a line each. */
import { openSync, writeSync } from "node:fs";
import { Command } from "commander";
import { checkCommand } from "./dist/cli/commands/check.js";
import { crashCommand } from "./dist/cli/commands/crash.js";
import { rawCommand } from "./dist/cli/commands/raw.js";
import { endingOf } from "./dist/cli/ending.js";
import { withJsonAlone } from "./dist/cli/json-output.js";

/** What came of some work, or how it failed. */
export async function tell(name, work) {
  let told;
  try {
    told = { is: await work() };
  } catch (error) {
    told = {
      code: error.code,
      exit: error.exit,
      line: error.remedy ? `${error.message}; ${error.remedy}` : error.message,
    };
  }
  const plain = (_key, value) => (value instanceof Uint8Array ? [...value] : value);
  process.stdout.write(`= ${name} ${JSON.stringify(told, plain)}\n`);
}

/** A command itself, as main.ts runs it: its exit status, its line of failure, and what it printed. */
export async function ran(...words) {
  process.exitCode = 0;
  const lines = [];
  const write = process.stdout.write;
  process.stdout.write = (text) => lines.push(text) > 0;
  let ending = { text: "" };
  try {
    await new Command()
      .addCommand(rawCommand())
      .addCommand(checkCommand())
      .addCommand(crashCommand())
      .parseAsync(withJsonAlone(words), { from: "user" });
    ending = { text: "", exit: process.exitCode };
  } catch (error) {
    ending = endingOf(error);
  } finally {
    process.stdout.write = write;
    process.exitCode = 0;
  }
  return { exit: ending.exit, line: ending.text.trim(), out: lines.join("") };
}

/** The lab hears what time it is here, at a function's mailbox, every so many ms. */
export function ticks({ file, offset }, everyMs = 1) {
  const fd = openSync(file, "r+");
  const tick = Buffer.alloc(4);
  return setInterval(() => {
    tick.writeUInt32LE(Math.floor(performance.now() * 1_000) % 2 ** 32);
    writeSync(fd, tick, 0, 4, offset);
  }, everyMs);
}
