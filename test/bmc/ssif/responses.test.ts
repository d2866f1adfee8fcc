import { describe, expect, test } from "vitest";
import { blockRead, hex } from "../../wire/smbus/bus-script.ts";
import { answer, Bench, GET_DEVICE_ID, ramp, read, readPec } from "./bench.ts";

/** The blocks in which a response comes, with the commands that read them. */
function blocksOf(response: readonly number[]): readonly (readonly [number, readonly number[]])[] {
  if (response.length <= 32) return [[0x03, response]];
  const blocks: [number, readonly number[]][] = [[0x03, [0, 1, ...response.slice(0, 30)]]];
  for (let from = 30; from < response.length; from += 31) {
    const last = from + 31 >= response.length;
    blocks.push([0x09, [last ? 0xff : blocks.length - 1, ...response.slice(from, from + 31)]]);
  }
  return blocks;
}

function reads(response: readonly number[]): string {
  return blocksOf(response)
    .map(([command, block]) => blockRead(command, block))
    .join(" ");
}

/** The same by a host that reads the packet error code, too. */
function readsWithPec(response: readonly number[]): string {
  return blocksOf(response)
    .map(([command, block]) => {
      const given = block.map((byte) => `r${hex(byte)}+`).join(" ");
      const code = readPec(command, block);
      return `S20 w${hex(command)} S21 r${hex(block.length)}+ ${given} r${code} P`;
    })
    .join(" ");
}

function responding(length: number): Bench {
  const bench = new Bench();
  bench.run("P");
  const handle = bench.open();
  bench.run(GET_DEVICE_ID);
  answer(handle, ramp(length));
  return bench;
}

// Goal: no length is special; the walls are 32, 61, 92, ... Method: each of them.
test.each([
  ["without packet error codes", reads],
  ["with them", readsWithPec],
])("SSIF-21, SSIF-22, SSIF-28: responses of 3 to 255 bytes, %s", (_, script) => {
  const bench = new Bench();
  const handle = bench.open();
  for (let length = 3; length <= 255; length++) {
    bench.run(GET_DEVICE_ID);
    answer(handle, ramp(length));
    bench.run(script(ramp(length)));
  }
});

test("92 bytes are three full blocks, and no empty one behind them", () => {
  expect(blocksOf(ramp(92)).map(([, block]) => block.length)).toEqual([32, 32, 32]);
  responding(92).run(`${reads(ramp(92))} S20 w09 S21- P`);
});

describe("what is not there", () => {
  test("SSIF-20: nothing is read before a request, nor while it is carried out", () => {
    const bench = new Bench();
    const handle = bench.open();
    bench.run("S20 w03- P S20 w09- P");
    bench.run(`${GET_DEVICE_ID} S20 w03- P`);
    const { ticket } = read(handle);
    bench.run("S20 w03- P S20 w0a- P");
    handle.write(ticket, Uint8Array.of(0x1c, 0x01, 0x00));
    bench.run(blockRead(0x03, [0x1c, 0x01, 0x00]));
  });

  test("a further block is not read before the first, nor of a short response", () => {
    const bench = responding(100);
    bench.run("S20 w09- P S20 w0a w01 w02 P S20 w09- P");
    const short = responding(32);
    short.run("S20 w03 S21 P S20 w09- P S20 w0a- P");
  });

  test("who reads without having said what gets nothing", () => {
    responding(10).run("S21- rff P");
  });

  test("behind the end there are only ones", () => {
    const bench = responding(3);
    bench.run(`S20 w03 S21 r03+ r1c+ r1d+ r1e+ r${readPec(0x03, ramp(3))}+ rff+ rff P`);
  });
});

describe("SSIF-25: a response stays until the next request", () => {
  test("and can be read again, whole or after a break", () => {
    const bench = responding(100);
    bench.run(`${reads(ramp(100))} ${reads(ramp(100))}`);
    bench.run(`S20 w03 S21 r20+ r00+ r01 P ${reads(ramp(100))}`);
    bench.run(`${blockRead(...first(100))} S20 w09 S21 r20+ r00 P ${reads(ramp(100))}`);
  });

  test("a further block that was cut comes again", () => {
    const bench = responding(100);
    const [start, second, third, last] = blocksOf(ramp(100)).map((block) => blockRead(...block));
    bench.run(`${start} S20 w09 S21 r20+ r00 P ${second} ${third} ${last}`);
  });

  function first(length: number): readonly [number, readonly number[]] {
    return blocksOf(ramp(length))[0] ?? [0, []];
  }
});

describe("0Ah: the block to read next", () => {
  // Goal: every block that was offered can be had again, and no other. Method: all pairs of how far
  // the host has read and what it asks for.
  test("any that was offered", () => {
    const blocks = blocksOf(ramp(150)).map((block) => blockRead(...block));
    const further = blocks.length - 1;
    for (let readSoFar = 0; readSoFar <= further; readSoFar++) {
      for (let wanted = 0; wanted < further; wanted++) {
        const bench = responding(150);
        bench.run(blocks.slice(0, 1 + readSoFar).join(" "));
        bench.run(`S20 w0a w01 w${hex(wanted)} P`);
        const next = Math.min(wanted <= readSoFar ? wanted : readSoFar, further);
        bench.run(next === further ? "S20 w09 S21- P" : (blocks[1 + next] ?? ""));
      }
    }
  });

  test("the last one by its own number", () => {
    const bench = responding(70);
    const blocks = blocksOf(ramp(70)).map((block) => blockRead(...block));
    bench.run(`${blocks.join(" ")} S20 w0a w01 wff P ${blocks[2]} S20 w0a w02- P`);
  });
});
