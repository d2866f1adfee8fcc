import { describe, expect, test } from "vitest";
import { HOST_OPTIONS } from "../../../src/host/index.ts";
import { Bt } from "../../../src/host/interfaces/bt/bt.ts";
import { Kcs } from "../../../src/host/interfaces/kcs/kcs.ts";
import { Failure, failureText } from "../../../src/host/interfaces/machine.ts";
import { machineFor, transactionUs } from "../../../src/host/interfaces/machine-for.ts";
import { Smic } from "../../../src/host/interfaces/smic/smic.ts";
import { Ssif } from "../../../src/host/interfaces/ssif/ssif.ts";
import { Bus } from "../../../src/wire/smbus/port.ts";

test("each failure has words of its own", () => {
  const texts = Object.values(Failure).map(failureText);
  for (const text of texts) expect(text).toMatch(/^[a-z]/i);
  expect(new Set(texts).size).toBe(Object.keys(Failure).length);
});

describe("each wire is spoken to in its own protocol, with its own times", () => {
  const port = { read: () => 0xff, write: () => {} };

  test.each([
    ["kcs", Kcs],
    ["smic", Smic],
    ["bt", Bt],
  ] as const)("%s", (kind, machine) => {
    const made = machineFor({ kind, port, spacing: 1 }, HOST_OPTIONS.timing);
    expect(made).toBeInstanceOf(machine);
    expect(transactionUs(kind, HOST_OPTIONS.timing)).toBe(HOST_OPTIONS.timing[kind].transactionUs);
  });

  test("ssif", () => {
    const nobody = { start: () => Bus.Nack, write: () => Bus.Nack, stop: () => Bus.Ack };
    const bus = { ...nobody, read: () => 0xff, alert: false };
    const made = machineFor({ kind: "ssif", bus, address: 0x10 }, HOST_OPTIONS.timing);
    expect(made).toBeInstanceOf(Ssif);
  });
});
