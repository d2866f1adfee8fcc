import { describe, expect, test } from "vitest";
import { blockWrite, bytes, hex } from "../../wire/smbus/bus-script.ts";
import { answer, Bench, GET_DEVICE_ID, ramp, read, waiting, writePec } from "./bench.ts";

/** The parts in which a request goes, as scripts. */
function partsOf(request: readonly number[]): readonly string[] {
  if (request.length <= 32) return [blockWrite(0x02, request)];
  const parts: string[] = [];
  for (let from = 0; from < request.length; from += 32) {
    const last = from + 32 >= request.length;
    const command = from === 0 ? 0x06 : last ? 0x08 : 0x07;
    parts.push(blockWrite(command, request.slice(from, from + 32)));
  }
  return parts;
}

// Goal: no length is special. Method: each of them, whole, through the device.
test("SB4, SB5: requests of 2 to 255 bytes arrive as they were sent", () => {
  const bench = new Bench();
  const handle = bench.open();
  for (let length = 2; length <= 255; length++) {
    const request = ramp(length, 0x18);
    for (const part of partsOf(request)) bench.run(part);
    expect(waiting(handle), `${length} bytes`).toEqual(request);
  }
});

describe("what is no request is refused where it shows", () => {
  test.each([
    ["a block of no bytes", "S20 w02 w00- w18- P"],
    ["one byte, where a request has two at least", "S20 w02 w01- w18- P"],
    ["more bytes than a block has", "S20 w02 w21- w18- P"],
    ["a first part that is not full", "S20 w06 w1f- w18- P"],
    ["a middle part without a start", "S20 w07- w20- P"],
    ["an end without a start", "S20 w08- w02- P"],
    ["a command that is none", "S20 w04- w02- P"],
    ["a retry of what nobody read", "S20 w0a- w01- w00- P"],
    ["a byte more than the count says", "S20 w02 w02 w18 w01 w00- P"],
    ["a byte more behind the packet error code", `S20 w02 w02 w18 w01 w${GDI_PEC()} w00- P`],
    ["a byte less than the count says", "S20 w02 w03 w18 w01 P"],
    ["a wrong packet error code", "S20 w02 w02 w18 w01 w55- P"],
    ["data for a command that reads", "S20 w03- w02- w18- w01- P"],
  ])("%s", (_, script) => {
    const bench = new Bench();
    const handle = bench.open();
    bench.run(script);
    expect(waiting(handle)).toBeUndefined();
    bench.run(GET_DEVICE_ID);
    expect(waiting(handle)).toEqual([0x18, 0x01]);
  });

  function GDI_PEC(): string {
    return writePec(0x02, [0x18, 0x01]);
  }

  test("SB4: of 35 bytes in one part none is kept", () => {
    const bench = new Bench();
    const handle = bench.open();
    bench.run(`S20 w02 w20 ${bytes(ramp(32))} w00- w00- w00- P`);
    expect(waiting(handle)).toBeUndefined();
  });
});

describe("multi-part requests", () => {
  const START = blockWrite(0x06, ramp(32, 0x18));
  const MIDDLE = blockWrite(0x07, ramp(32));

  test("SSIF-23: after a part that cannot be used all further ones are refused", () => {
    const bench = new Bench();
    const handle = bench.open();
    bench.run(START);
    bench.run(`S20 w07 w20 ${bytes(ramp(31))} P`);
    bench.run("S20 w07- P S20 w08- P");
    expect(waiting(handle)).toBeUndefined();
    for (const part of partsOf(ramp(40, 0x18))) bench.run(part);
    expect(waiting(handle)).toEqual(ramp(40, 0x18));
  });

  test("SB3: a start within a message begins afresh, an end outside one is refused", () => {
    const bench = new Bench();
    const handle = bench.open();
    bench.run(`${START} ${MIDDLE} ${START} S20 w08 w02 w77 w78 P S20 w08- P`);
    expect(waiting(handle)).toEqual([...ramp(32, 0x18), 0x77, 0x78]);
  });

  test("a message that would grow too long is refused before its bytes, and forgotten", () => {
    const bench = new Bench({}, { inputBytesMax: 80 });
    const handle = bench.open();
    bench.run(`${START} ${MIDDLE} S20 w08 w11- P S20 w08- P`);
    expect(waiting(handle)).toBeUndefined();
    bench.run(`${START} ${MIDDLE} ${blockWrite(0x08, ramp(16))}`);
    expect(waiting(handle)?.length).toBe(80);
  });

  test("a middle part that is not full ends the message, as the text has it", () => {
    const bench = new Bench();
    const handle = bench.open();
    bench.run(`${START} ${blockWrite(0x07, [0x55])}`);
    expect(waiting(handle)).toEqual([...ramp(32, 0x18), 0x55]);
  });

  // Goal: the tail of a request is never carried out as a request of its own: here it spells Cold Reset.
  // Method: the daemon aborts, or starts again, before each byte of each part and before its STOP.
  test.each(["aborts", "starts again"] as const)(
    "SSIF-23: nothing but the whole request arrives when the daemon %s within it",
    (does) => {
      const request = [...ramp(64, 0x28), 0x18, 0x02];
      const words = partsOf(request).join(" ").split(" ");
      for (let cut = 1; cut < words.length; cut++) {
        const bench = new Bench();
        const first = bench.open();
        bench.run(words.slice(0, cut).join(" "));
        if (does === "aborts") first.abort();
        else first.close();
        const handle = does === "aborts" ? first : bench.open();
        drive(bench, words.slice(cut));
        expect([undefined, request], `before word ${cut}`).toContainEqual(waiting(handle));
        bench.run(GET_DEVICE_ID);
        expect(waiting(handle)).toEqual([0x18, 0x01]);
      }
    },
  );

  /** A host that goes on whatever is acknowledged, and ends the transaction. */
  function drive(bench: Bench, words: readonly string[]): void {
    for (const word of words) {
      const value = Number.parseInt(word.slice(1), 16);
      if (word === "P") bench.bus.stop();
      else if (word.startsWith("S")) bench.bus.start(value);
      else bench.bus.write(value);
    }
  }

  test("an interface without them refuses them", () => {
    const bench = new Bench({}, { inputBytesMax: 32, outputBytesMax: 32 });
    bench.open();
    bench.run("S20 w06 w20- P");
  });
});

describe("the packet error code", () => {
  const request = [0x18, 0x01];
  const code = writePec(0x02, request);

  test("that is right is used up", () => {
    const bench = new Bench();
    const handle = bench.open();
    bench.run(`S20 w02 w02 w18 w01 w${code} P`);
    expect(waiting(handle)).toEqual(request);
  });

  // Goal: no wrong code passes. Method: all 255 of them.
  test("that is wrong is refused, and the request with it", () => {
    const bench = new Bench();
    const handle = bench.open();
    for (let wrong = 0; wrong < 256; wrong++) {
      if (hex(wrong) === code) continue;
      bench.run(`S20 w02 w02 w18 w01 w${hex(wrong)}- P`);
      expect(waiting(handle)).toBeUndefined();
    }
  });

  test("comes with all parts of a request, or with none", () => {
    const bench = new Bench();
    const handle = bench.open();
    const first = ramp(32, 0x18);
    bench.run(`S20 w06 w20 ${bytes(first)} w${writePec(0x06, first)} P`);
    bench.run("S20 w08 w01 w55 P S20 w08- P");
    bench.run(`${blockWrite(0x06, first)} S20 w08 w01 w55 w${writePec(0x08, [0x55])} P`);
    expect(waiting(handle)).toBeUndefined();
  });

  test("SSIF-08: is a byte too many for an interface that knows none", () => {
    const bench = new Bench({}, { pec: false });
    const handle = bench.open();
    bench.run(`S20 w02 w02 w18 w01 w${code}- P`);
    expect(waiting(handle)).toBeUndefined();
  });
});

describe("a request at any time", () => {
  // Goal: nothing that was before can swallow or spoil a request. Method: a long exchange, cut after
  // each of its steps without a STOP, and a request right there.
  test("SB6, SB7, SB8, SB9: a cut transaction costs the next request nothing", () => {
    const start = blockWrite(0x06, ramp(32, 0x18));
    const end = blockWrite(0x08, ramp(3));
    const reads = `S20 w03 S21 ${"r+ ".repeat(32)} r P S20 w09 S21 ${"r+ ".repeat(31)} r P`;
    const steps = `${start} ${end} ANSWER ${reads}`.split(" ");
    const answerAt = steps.indexOf("ANSWER");
    for (let cut = 0; cut < steps.length; cut++) {
      const bench = new Bench();
      const handle = bench.open();
      const early = steps.slice(0, Math.min(cut, answerAt)).join(" ");
      if (early !== "") bench.run(early);
      if (cut > answerAt) {
        answer(handle, ramp(100));
        const late = steps.slice(answerAt + 1, cut).join(" ");
        if (late !== "") bench.run(late);
      }
      if (handle.poll().readable) read(handle);
      bench.run("S20 w02 w03 w18 w77 w05 P");
      expect(waiting(handle), `cut after ${cut} steps`).toEqual([0x18, 0x77, 0x05]);
    }
  });

  test("SB6: without a STOP at all, request after request", () => {
    const bench = new Bench();
    const handle = bench.open();
    for (const cmd of ["01", "02", "03"]) {
      bench.run(`S20 w02 w02 w18 w${cmd} S20 w03-`);
      answer(handle, [0x1c, Number.parseInt(cmd, 16), 0x00]);
      bench.run(`S20 w03 S21 r03+ r1c+ r${cmd}+ r00`);
    }
  });
});
