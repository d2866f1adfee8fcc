import { expect, test } from "vitest";
import {
  ascii,
  TERMINAL_STYLE,
  TerminalReader,
  terminalMessage,
  terminalText,
} from "../../../src/wire/serial/terminal.ts";

const GET_DEVICE_ID = { kind: "message", bytes: Uint8Array.of(0x18, 0x04, 0x01) } as const;

function read(text: string, charsMax?: number) {
  return new TerminalReader(charsMax).push(ascii(text));
}

test.each([
  ["capitals and blanks", "[18 04 01]\r"],
  ["small letters without blanks", "[180401]\r\n"],
  ["a mixture", "[ 18 0401 ]\n"],
  ["after other text", "login: root[18 04 01]\r"],
  ["begun anew", "[20 00[18 04 01]\r"],
  ["taken back by escape", "[20 00 \x1b[18 04 01]\r"],
  ["letters taken back", "[18 05\b4 022\x7f\x7f1]\r"],
  ["over two lines", "[18 0\\\r\n4 01]\r\n"],
  ["over three lines", "[18 \\\r04 \\\n01]\r"],
  ["a zero for a newline", "[18 04 01]\0"],
])("a message is read: %s", (_how, text) => {
  expect(read(text).filter(({ kind }) => kind !== "escape")).toEqual([GET_DEVICE_ID]);
});

test.each([
  ["without a newline", "[18 04 01]"],
  ["with more behind the bracket", "[18 04 01]x\r"],
  ["without a bracket", "18 04 01\r"],
  ["taken back", "[18 04 01\x1b]\r"],
])("nothing is read %s", (_how, text) => {
  expect(read(text).filter(({ kind }) => kind !== "escape")).toEqual([]);
});

test.each(["[18 04 0]\r", "[18  04 01]\r", "[18 04 0x]\r", "[]\r", "[18 04\r01]\r", "[SYSTEM]\r"])(
  "%j is refused for its content",
  (text) => {
    expect(read(text)).toEqual([{ kind: "refused", why: "content" }]);
  },
);

test("words are read as they are written", () => {
  expect(read("[SYS PWD -U Jim x]\r[ok]\r")).toEqual([
    { kind: "text", text: "SYS PWD -U Jim x" },
    { kind: "text", text: "ok" },
  ]);
});

test("the port is asked for by escape and a round bracket", () => {
  expect(read("\x1b(").map(({ kind }) => kind)).toEqual(["escape", "switch"]);
  expect(read("\x1b (").map(({ kind }) => kind)).toEqual(["escape"]);
});

// Goal: every BMC takes 122 characters, which is 40 bytes with blanks, and a longer message is refused whole.
test("a message of 40 bytes is the longest that is read", () => {
  const longest = new Uint8Array(40).fill(0x5a);
  const text = (bytes: Uint8Array) =>
    `[${[...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(" ")}]\r`;
  expect(read(text(longest))).toEqual([{ kind: "message", bytes: longest }]);
  expect(read(text(new Uint8Array(41)))).toEqual([{ kind: "refused", why: "length" }]);
});

test("after what was refused the next message is read", () => {
  const items = read(`[${"00".repeat(500)}]\r[zz]\r[18 04 01]\r`);
  expect(items.map(({ kind }) => kind)).toEqual(["refused", "refused", "message"]);
});

// Goal: no cut of the stream and no line length changes what is read.
test("what is written is read again, whatever the lines' length", () => {
  const bytes = Uint8Array.from({ length: 60 }, (_, at) => at * 4);
  for (const newline of ["crlf", "cr", "lf", "lfcr", "nul"] as const) {
    for (let lineCharsMax = 2; lineCharsMax < 200; lineCharsMax += 7) {
      const written = terminalMessage(bytes, { newline, lineCharsMax });
      const reader = new TerminalReader(1_000);
      const items = [...written].flatMap((byte) => reader.push(Uint8Array.of(byte)));
      expect(items).toEqual([{ kind: "message", bytes }]);
    }
  }
});

test("no line has more than 80 characters, and all but the last end with a backslash", () => {
  const written = String.fromCharCode(...terminalMessage(new Uint8Array(70), TERMINAL_STYLE));
  const lines = written.split("\r\n");
  expect(lines.map((line) => line.length)).toEqual([80, 80, 53, 0]);
  expect(lines.map((line) => line.at(-1))).toEqual(["\\", "\\", "]", undefined]);
});

test("words stand in brackets", () => {
  expect(terminalText("OK", TERMINAL_STYLE)).toEqual(ascii("[OK]\r\n"));
});
