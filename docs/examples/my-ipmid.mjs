// A small BMC's application in plain Node, behind an interface of ours: a request a line on standard input, its
// response a line on standard output. It has all that `a-right-match` asks for. Its one argument is the
// interface that it sits behind, as it says in Get Channel Info; kcs when left out.
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const INVALID_COMMAND = 0xc1;
const LENGTH = 0xc7;
const NOT_PRESENT = 0xcb;
const INVALID_FIELD = 0xcc;

/** The protocol of the system interface's channel. */
const PROTOCOLS = { ssif: 0x04, kcs: 0x05, smic: 0x06, bt: 0x08 };
const CHANNELS = new Map([
  [0x0, [0x00, 0x01, 0x01, 0x00, 0xf2, 0x1b, 0x00, 0x00, 0x00]],
  [0xf, [0x0f, 0x0c, PROTOCOLS[process.argv[2] ?? "kcs"], 0x00, 0xf2, 0x1b, 0x00, 0xff, 0xff]],
]);
/** One sensor record: a locator of this controller, called "BMC". */
const SDR = [
  0x01, 0x00, 0x51, 0x12, 0x0e, 0x20, 0x00, 0x20, 0xbe, 0, 0, 0, 6, 1, 0, 0xc3, 0x42, 0x4d, 0x43,
];
/** A FRU inventory of one common header that names no area. */
const FRU = [0x01, 0, 0, 0, 0, 0, 0, 0xff];

let enables = 0x08;

/** By NetFn and command: data in; data out, or a completion code. */
const COMMANDS = {
  "06 01": () => [0x20, 0x01, 0x01, 0x00, 0x02, 0xbe, 0, 0, 0, 0, 0],
  "06 04": () => [0x55, 0x00],
  "06 08": () => [1, 0, 0, 0, 0, 0, 0, 0x10, 0x80, 0, 0, 0x42, 0x42, 0x42, 0x42, 0x42],
  "06 25": () => [0, 0, 0, 0, 0, 0, 0, 0],
  "06 2e": ([set]) => {
    if (set === undefined) return LENGTH;
    enables = set & 0x0f;
    return [];
  },
  "06 2f": () => [enables],
  "06 30": () => [],
  "06 31": () => [0],
  "06 36": () => [1, 0xff, 0xff, 5, 1],
  "06 42": ([channel]) => CHANNELS.get(channel === 0x0e ? 0x0f : channel) ?? INVALID_FIELD,
  "06 57": ([kind]) => (kind === 0 ? [0, 0x88, 0xff, 0xff] : INVALID_FIELD),
  "00 01": () => [0x21, 0x00, 0x40, 0xf0],
  "0a 11": (data) => readFru(data),
  "0a 23": (data) => getSdr(data),
  "0a 40": () => [0x51, 0, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
};

function readFru([id, low, high, count]) {
  if (count === undefined) return LENGTH;
  const part = FRU.slice(low + high * 256).slice(0, count);
  return id === 0 ? [part.length, ...part] : NOT_PRESENT;
}

function getSdr([, , low, high, offset, count]) {
  if (count === undefined) return LENGTH;
  if (low + high * 256 > 1) return NOT_PRESENT;
  return [0xff, 0xff, ...SDR.slice(offset).slice(0, count)];
}

/** The response to a request: NetFn/LUN, Cmd, completion code, data. */
export function answer([netFnLun = 0, cmd = 0, ...data]) {
  const name = [netFnLun >> 2, cmd].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
  const said = COMMANDS[name]?.(data) ?? INVALID_COMMAND;
  return [netFnLun | 4, cmd, ...(Array.isArray(said) ? [0, ...said] : [said])];
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  createInterface({ input: process.stdin }).on("line", (line) => {
    const response = answer([...Buffer.from(line.replaceAll(" ", ""), "hex")]);
    process.stdout.write(`${Buffer.from(response).toString("hex")}\n`);
  });
}
