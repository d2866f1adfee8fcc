import { describe, expect, test } from "vitest";
import { decodedMessage } from "../../src/explain/message.ts";

const bytes = (text: string) =>
  Uint8Array.from(text.split(" "), (each) => Number.parseInt(each, 16));

describe("a message, field by field", () => {
  test("a request", () => {
    expect(decodedMessage(bytes("28 11 00 10 00 08"), "request")).toMatchObject({
      command: "Read FRU Data",
      fields: [
        { name: "fru id", value: "0" },
        { name: "offset", value: "16 (0010h)" },
        { name: "count", value: "8" },
      ],
    });
  });

  test("a response, with what its code says", () => {
    const decoded = decodedMessage(bytes("1c 31 00 0a"), "response");
    expect(decoded).toMatchObject({
      command: "Get Message Flags",
      code: { value: 0, text: "command completed normally" },
    });
    expect(decoded?.fields.some(({ value }) => value === "yes")).toBe(true);
  });

  test("a refusal has a code with the command's own meaning, and no fields", () => {
    expect(decodedMessage(bytes("1c 33 80"), "response")).toMatchObject({
      code: { value: 0x80, text: expect.stringMatching(/queue|empty/) },
      fields: [],
    });
  });

  test("data that do not fit say why", () => {
    expect(decodedMessage(bytes("18 01 55"), "request")).toMatchObject({
      fields: [],
      misfit: expect.stringMatching(/1 bytes of data, expected 0/),
    });
  });

  test("a command that nobody here knows keeps its numbers", () => {
    const decoded = decodedMessage(bytes("b8 42 01"), "request");
    expect(decoded).toMatchObject({ command: "NetFn 2Eh Cmd 42h", fields: [] });
    expect(decoded?.misfit).toBeUndefined();
  });

  test("what is too short is none", () => {
    expect(decodedMessage(bytes("18"), "request")).toBeUndefined();
    expect(decodedMessage(bytes("1c 01"), "response")).toBeUndefined();
  });
});
