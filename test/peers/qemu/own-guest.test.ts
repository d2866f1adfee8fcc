import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { leavesNothing } from "../nothing-left.ts";

const EXAMPLE = fileURLToPath(new URL("../../../docs/examples/guest-bmc.mjs", import.meta.url));
const MACHINE = [
  ...["-machine", "pc", "-S", "-qtest", "stdio", "-qtest-log", "/dev/null"],
  ...["-display", "none", "-nodefaults"],
];
const [DATA, STATUS] = [0xca2, 0xca3];
const IBF = 0x02;
const [WRITE_START, WRITE_END, READ] = [0x61, 0x62, 0x68];
const [READING, WRITING] = [1, 2];
const LOOKS_MAX = 10_000;

leavesNothing();

/** A guest's processor, by QEMU's test protocol: a line of orders, a line of answer. */
class Processor {
  private readonly _lines: AsyncIterator<string>;
  private readonly _say: (line: string) => void;

  constructor(lines: AsyncIterable<string>, say: (line: string) => void) {
    this._lines = lines[Symbol.asyncIterator]();
    this._say = say;
  }

  async out(port: number, value: number): Promise<void> {
    await this.#order(`outb ${port} ${value}`);
  }

  async in(port: number): Promise<number> {
    return Number((await this.#order(`inb ${port}`)).split(" ")[1]);
  }

  /** The state bits, as soon as the BMC has taken the last write, and has gone on to another state than that. */
  async untilTaken(state = -1): Promise<number> {
    for (let looks = 0; looks < LOOKS_MAX; looks++) {
      const status = await this.in(STATUS);
      if ((status & IBF) === 0 && status >> 6 !== state) return status >> 6;
    }
    throw new Error("the BMC does not go on");
  }

  async #order(line: string): Promise<string> {
    this._say(line);
    const { value } = await this._lines.next();
    return String(value);
  }
}

async function asked(processor: Processor, netFnLun: number, cmd: number): Promise<string> {
  const writes = [
    [STATUS, WRITE_START],
    [DATA, netFnLun],
    [STATUS, WRITE_END],
    [DATA, cmd],
  ] as const;
  for (const [port, value] of writes) {
    await processor.out(port, value);
    await processor.untilTaken();
    if (port === STATUS) await processor.in(DATA);
  }
  const bytes: number[] = [];
  while ((await processor.untilTaken(WRITING)) === READING) {
    bytes.push(await processor.in(DATA));
    await processor.out(DATA, READ);
  }
  return Buffer.from(bytes).toString("hex");
}

// Goal: the example in docs/own-guest.md serves a guest's registers, says what it was asked, and leaves nothing.
test("a guest's accesses reach our controller, and the example ends with QEMU", async () => {
  const child = spawn(process.execPath, [EXAMPLE, "--", ...MACHINE]);
  const closed = once(child, "close");
  child.stdin.on("error", () => {});
  const say = (line: string) => void child.stdin.write(`${line}\n`);
  let said = "";
  child.stderr.on("data", (bytes) => {
    said += bytes;
  });
  try {
    const processor = new Processor(createInterface({ input: child.stdout }), say);
    expect(await asked(processor, 0x18, 0x01)).toMatch(/^1c010020/);
  } finally {
    child.stdin.end();
    child.kill("SIGTERM");
  }
  await closed;
  expect(said).toMatch(/^bmc\.request 1801\nbmc\.response 1c010020[0-9a-f]+\n/m);
});
