import { Command } from "commander";
import { machineHead, openTarget } from "../../devices/index.ts";
import { Cc } from "../../ipmi/completion.ts";
import { parseHex, REQUEST_BYTES_MIN } from "../../ipmi/message.ts";
import { locationText, type Place, parseLocation } from "../../wire/location.ts";
import { askedOnce } from "../asked.ts";
import { placeOf } from "../discovered.ts";
import { Exit, Failure } from "../failure.ts";
import { JSON_OPTION, withJson } from "../json-output.ts";
import { askedJson, askedText } from "../report/raw.ts";
import { TraceFile } from "../trace-file.ts";
import { wholeNumber } from "../whole-number.ts";

interface RawOptions {
  readonly lun: string;
  readonly timeout: string;
  readonly force: boolean;
  readonly trace?: string;
  readonly json?: string;
}

export function rawCommand(): Command {
  return new Command("raw")
    .description("Sends one request to a machine's BMC, and shows what it answers.")
    .argument("<interface>", "where the BMC is, such as /dev/ipmi0")
    .argument("<bytes...>", "NetFn, command and data, hexadecimal")
    .option("--lun <number>", "of the BMC", "0")
    .option("--timeout <seconds>", "for the answer of a kernel's device", "70")
    .option("--force", "use registers that another driver claims, unless that is ipmi_si", false)
    .option("--trace <file>", "of our own stack on registers: write what it saw and did")
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      `
Examples:
  sudo npx baseboard raw /dev/ipmi0 06 01          Get Device ID
  sudo npx baseboard raw /dev/ipmi0 0a 43 00 00 00 00 00 ff --json
  sudo npx baseboard raw kcs:io:0xca2 06 01 --trace kcs.trace.jsonl

Exit status: 0 the BMC did it; 1 it answered with another completion code; 2 the command was wrong; 3 the
interface is not here, or does not answer. docs/devices.md says what each interface needs.`,
    )
    .action(run);
}

async function run(place: string, bytes: readonly string[], options: RawOptions): Promise<void> {
  const location = placeOf(parseLocation(place), place);
  const request = requestOf(bytes, options.lun);
  const seconds = wholeNumber("--timeout", options.timeout, { least: 1, most: 3_600 }) ?? 0;
  const trace = traceFile(options.trace, location);
  try {
    await withJson(options.json, async (output) => {
      const how = { answerMs: seconds * 1_000, force: options.force };
      const asked = await askedOnce((signal) => {
        return openTarget(location, { ...how, signal }, trace?.sink);
      }, request);
      process.exitCode = asked.answer.cc === Cc.Ok ? Exit.AsExpected : Exit.NotAsExpected;
      const both = { ...asked, request };
      output.put(
        () => askedJson(both),
        () => askedText(both),
      );
    });
    trace?.file.finish();
  } finally {
    trace?.file.discard();
  }
}

/** What goes on at a wire that is ours alone. */
function traceFile(path: string | undefined, location: Place) {
  if (path === undefined) return undefined;
  if (!("kind" in location)) {
    throw wrong(
      `--trace: what the kernel does at the registers is not seen by ${locationText(location)}`,
    );
  }
  const file = new TraceFile(path);
  return { file, sink: file.begin(machineHead(location)) };
}

function requestOf(words: readonly string[], lunText: string) {
  const bytes = parseHex(words.join(" "));
  const [netFn, cmd] = bytes;
  if (netFn === undefined || cmd === undefined || netFn > 0x3f) {
    throw wrong(`${words.join(" ")}: NetFn (up to 3f), command and data, such as 06 01`);
  }
  const lun = wholeNumber("--lun", lunText, { least: 0, most: 3 }) ?? 0;
  return { netFn, cmd, lun, data: bytes.slice(REQUEST_BYTES_MIN) };
}

function wrong(message: string): Failure {
  return new Failure(Exit.WrongCommand, message);
}
