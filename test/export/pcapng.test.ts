import { describe, expect, test } from "vitest";
import { PcapReading } from "../../src/evidence/index.ts";
import { INTERFACES } from "../../src/trace/head.ts";
import { exported } from "./exports.ts";
import { type Match, played } from "./matches.ts";

interface Read {
  /** `> 1801`, `< 1c0100...`. */
  readonly messages: readonly string[];
  readonly lines: readonly string[];
}

/** Reads a file again by the reader of evidence. */
function readAgain(file: Uint8Array): Read {
  const messages: string[] = [];
  const lines: string[] = [];
  const reading = new PcapReading((sighting) => {
    if (sighting.what === "log") lines.push(sighting.text);
    if (sighting.what !== "message") return;
    messages.push(`${sighting.toBmc ? ">" : "<"} ${Buffer.from(sighting.bytes).toString("hex")}`);
  });
  reading.push(file);
  reading.end();
  expect(reading.unread).toEqual([]);
  return { messages, lines };
}

/** What the host's own interface code says that it sent and received. */
function told({ events }: Match): readonly string[] {
  return events.flatMap((event) => {
    if (event.e !== "send" && event.e !== "received") return [];
    return [`${event.e === "send" ? ">" : "<"} ${Buffer.from(event.message).toString("hex")}`];
  });
}

describe.each(INTERFACES)("a match on %s", (kind) => {
  test("that goes well comes back message for message", () => {
    const match = played("device-id", kind);
    expect(readAgain(exported("pcapng", match)).messages).toEqual(told(match));
  });

  test("with faults: its responses come back, and lines tell of the faults", () => {
    const match = played("error-state-mid-request", kind === "ssif" ? "kcs" : kind);
    const { messages, lines } = readAgain(exported("pcapng", match));
    const responses = messages.filter((message) => message.startsWith("<"));
    expect(responses).toEqual(expect.arrayContaining(told(match).filter((m) => m.startsWith("<"))));
    expect(lines.some((line) => line.startsWith("fault "))).toBe(true);
  });
});

test("findings are comments of the packets at which they show", () => {
  const file = Buffer.from(exported("pcapng", played("sticky-event-buffer", "kcs")));
  expect(file.includes("MF-06 bmc (model), event 2241: the record")).toBe(true);
});

test("a line that is no ASCII, or too long, is cut to what fits", () => {
  const { head } = played("device-id", "kcs");
  const text = `ü\n${"x".repeat(500)}`;
  const events = [{ e: "gap", n: 0, t: 1, text }] as const;
  const { lines } = readAgain(exported("pcapng", { head, events }));
  expect(lines).toEqual([expect.stringMatching(/^lost: \?\?x{200,}$/)]);
  expect(lines[0]).toHaveLength(255);
});

test("a message that a packet has no room for is a line that says so", () => {
  const match = played("too-long-response", "kcs");
  const { messages, lines } = readAgain(exported("pcapng", match));
  const fitting = told(match).filter((message) => message.length <= 2 + 2 * 255);
  expect(messages).toEqual(fitting);
  const [, ...times] = lines.filter((line) => line.startsWith("a message of 300 bytes, too long"));
  expect(times).toHaveLength(2);
});

test("a password is in it only when it is asked for", () => {
  const { head } = played("device-id", "kcs");
  const message = Uint8Array.of(0x18, 0x47, 0x02, 0x02, ...Buffer.from("s3cret-w0rd"));
  const events = [
    ...[0x61].map((value) => ({ e: "host.write", reg: "command", value, tag: 0 }) as const),
    ...[...message.slice(0, -1)].map(
      (value) => ({ e: "host.write", reg: "data", value, tag: 0 }) as const,
    ),
    { e: "host.write", reg: "command", value: 0x62, tag: 0 } as const,
    { e: "host.write", reg: "data", value: message.at(-1) ?? 0, tag: 0 } as const,
  ].map((body, n) => ({ ...body, n, t: n }));
  for (const format of ["pcapng", "perfetto"]) {
    const masked = Buffer.from(exported(format, { head, events }));
    const whole = Buffer.from(exported(format, { head, events }, { unmasked: true }));
    const secret = format === "pcapng" ? "s3cret" : Buffer.from("s3cret").toString("hex");
    const shown = (file: Buffer) => file.toString("latin1").replaceAll(" ", "").includes(secret);
    expect([format, shown(masked), shown(whole)]).toEqual([format, false, true]);
  }
});
