import { expect, test } from "vitest";
import { ArmAssembler, ArmIf } from "../../src/assembler/arm.ts";
import { Label } from "../../src/assembler/operands.ts";

const BASE = 0x1_0000;

function words(write: (a: ArmAssembler) => void): readonly string[] {
  const a = new ArmAssembler(BASE);
  write(a);
  const image = Buffer.from(a.finish());
  return Array.from({ length: image.length / 4 }, (_, index) => {
    return image
      .readUInt32LE(4 * index)
      .toString(16)
      .padStart(8, "0");
  });
}

// Goal: each instruction is the processor's. Method: words as the GNU assembler makes them of the same
// lines (`arm-linux-gnueabihf-as -march=armv7-a`).
test.each<[string, (a: ArmAssembler) => void, readonly string[]]>([
  ["mov r4, r0", (a) => a.mov(4, 0), ["e1a04000"]],
  ["movw, movt r7, #0x12345678", (a) => a.constant(7, 0x1234_5678), ["e3057678", "e3417234"]],
  ["lsl sl, sl, #8", (a) => a.lsl(10, 10, 8), ["e1a0a40a"]],
  ["lsr r2, r1, #8", (a) => a.lsr(2, 1, 8), ["e1a02421"]],
  ["add r5, r5, r0", (a) => a.add(5, 5, 0), ["e0855000"]],
  ["sub sl, sl, r0", (a) => a.sub(10, 10, 0), ["e04aa000"]],
  ["orr sl, sl, r0", (a) => a.or(10, 10, 0), ["e18aa000"]],
  ["add sl, r1, #3", (a) => a.addConstant(10, 1, 3), ["e281a003"]],
  ["cmp r0, #0", (a) => a.cmpConstant(0, 0), ["e3500000"]],
  ["ldr r1, [r9]", (a) => a.ldr(1, 9), ["e5991000"]],
  ["str r1, [r0, #8]", (a) => a.str(1, 0, 8), ["e5801008"]],
  ["ldrb r1, [r0, #14]", (a) => a.ldrb(1, 0, 14), ["e5d0100e"]],
  ["strb r1, [r8, #1]", (a) => a.strb(1, 8, 1), ["e5c81001"]],
  ["push {r4, r5, sl, lr}", (a) => a.push(4, 5, 10, 14), ["e92d4430"]],
  ["pop {r4, r5, sl, pc}", (a) => a.pop(4, 5, 10, 15), ["e8bd8430"]],
  ["svc 0", (a) => a.svc(), ["ef000000"]],
])("%s", (_text, write, expected) => {
  expect(words(write)).toEqual(expected);
});

test("branches go back and forth", () => {
  const code = words((a) => {
    const end = new Label("end");
    const start = a.here("start");
    a.b(end, ArmIf.Negative);
    a.b(start);
    a.bind(end);
    a.bl(start);
  });
  expect(code).toEqual(["4a000000", "eafffffd", "ebfffffc"]);
});

test("data lies behind the code, at its own address, in whole words", () => {
  const code = words((a) => {
    const first = a.text("abcd");
    const second = a.data(Uint8Array.of(1, 2, 3));
    a.constant(0, first);
    a.constant(1, second);
  });
  // The data begins after four instructions, the second after the text's eight bytes.
  expect(code.slice(0, 4)).toEqual(["e3000010", "e3400001", "e3001018", "e3401001"]);
  expect(code.slice(4)).toEqual(["64636261", "00000000", "00030201"]);
});

test("what does not fit is refused", () => {
  const a = new ArmAssembler(BASE);
  expect(() => a.addConstant(0, 0, 256)).toThrow("eight bits");
  expect(() => a.ldr(0, 0, 4_096)).toThrow("twelve bits");
  expect(() => a.lsl(0, 0, 32)).toThrow("1 to 31");
});
