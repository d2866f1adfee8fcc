import { expect, test } from "vitest";
import { hex, parseHex } from "../../../../src/ipmi/message.ts";
import { Bench, event } from "../../bench.ts";

const LAN_CHANNEL = {
  channel: 1,
  medium: 4,
  protocol: 1,
  activeSessions: 0,
  sessionSupport: 2,
  vendorId: 0x1bf2,
  auxiliary1: 0,
  auxiliary2: 0,
};

function message(channel: number, mark: number): Uint8Array {
  return Uint8Array.of(channel, 0x14, 0xcc, 0x52, 0x04, 0x01, mark);
}

test("MF-01: after power-up and after a system reset only event logging is on", () => {
  const bench = new Bench();
  expect(bench.tell("18 2f")).toBe("00 08");
  for (const restart of ["systemReset", "powerCycle", "bmcReset"] as const) {
    expect(bench.tell("18 2e ef")).toBe("00");
    expect(bench.tell("18 2f")).toBe("00 ef");
    if (restart === "systemReset") bench.controller.systemReset();
    if (restart === "bmcReset") bench.controller.reset("cold");
    if (restart === "powerCycle") bench.controller.powerOff();
    if (restart === "powerCycle") bench.controller.powerOn();
    expect(bench.tell("18 2f"), restart).toBe("00 08");
  }
});

test("a warm reset changes neither enables nor flags", () => {
  const bench = new Bench();
  bench.tell("18 2e 0d");
  bench.controller.raiseEvent(event(1));
  bench.controller.reset("warm");
  expect(bench.tell("18 2f")).toBe("00 0d");
  expect(bench.tell("18 31")).toBe("00 02");
});

test("KCS-49: bit 0 of the enables is the communication interrupt, too", () => {
  const bench = new Bench();
  expect(bench.controller.communicationInterrupt).toBe(false);
  bench.tell("18 2e 09");
  expect(bench.controller.communicationInterrupt).toBe(true);
});

test("enables that the platform cannot clear stay", () => {
  const bench = new Bench({ stuckEnables: 0x01 });
  expect(bench.tell("18 2e 08")).toBe("00");
  expect(bench.tell("18 2f")).toBe("00 09");
});

test("MF-03, MF-04, MF-05: without an event buffer its enables are CCh, its flag is 0", () => {
  const bench = new Bench({ eventBuffer: false });
  expect(bench.tell("18 2e 0c")).toBe("cc");
  expect(bench.tell("18 2e 0a")).toBe("cc");
  expect(bench.tell("18 2f"), "refused as a whole").toBe("00 08");
  expect(bench.tell("18 2e 09")).toBe("00");
  bench.controller.raiseEvent(event(1));
  expect(bench.tell("18 31")).toBe("00 00");
  expect(bench.tell("18 30 02"), "clearing is no error").toBe("00");
  expect(bench.tell("18 35")).toBe("80");
});

test("MF-04: while the event buffer is disabled its flag is 0", () => {
  const bench = new Bench();
  bench.controller.raiseEvent(event(1));
  expect(bench.tell("18 31")).toBe("00 00");
  bench.tell("18 2e 0c");
  bench.controller.raiseEvent(event(2));
  expect(bench.tell("18 31")).toBe("00 02");
  bench.tell("18 2e 08");
  expect(bench.tell("18 31")).toBe("00 00");
  expect(bench.controller.messageFlags).toBe(0);
});

test("MF-05: each bit of Clear Message Flags empties its source", () => {
  const bench = new Bench();
  bench.tell("18 2e 0c");
  bench.controller.raiseEvent(event(1));
  bench.controller.queueMessage(message(0, 1));
  bench.controller.queueMessage(message(0, 2));
  bench.tell("18 24 04 31 01 00 01 00");
  bench.tell("18 22");
  bench.pass(0.01);
  expect(bench.tell("18 31")).toBe("00 0b");
  expect(bench.tell("18 30 08")).toBe("00");
  expect(bench.tell("18 31")).toBe("00 03");
  expect(bench.tell("18 30 01")).toBe("00");
  expect(bench.tell("18 31")).toBe("00 02");
  expect(bench.tell("18 33")).toBe("80");
  expect(bench.tell("18 30 02")).toBe("00");
  expect(bench.tell("18 31")).toBe("00 00");
  expect(bench.tell("18 35")).toBe("80");
  expect(bench.controller.messageFlags).toBe(0);
});

test("MF-06: reading the event buffer clears its flag, the last Get Message flag 0", () => {
  const bench = new Bench();
  bench.tell("18 2e 0c");
  bench.controller.raiseEvent(event(0x11));
  bench.controller.queueMessage(message(0, 1));
  bench.controller.queueMessage(message(0, 2));
  expect(bench.tell("18 31")).toBe("00 03");
  expect(bench.tell("18 33")).toBe("00 00 14 cc 52 04 01 01");
  expect(bench.tell("18 31")).toBe("00 03");
  expect(bench.tell("18 33")).toBe("00 00 14 cc 52 04 01 02");
  expect(bench.tell("18 31")).toBe("00 02");
  expect(bench.tell("18 35")).toBe("00 01 00 02 00 00 00 00 52 00 04 01 30 01 57 ff 11");
  expect(bench.tell("18 31")).toBe("00 00");
});

test("MF-07: a full event buffer is not overwritten, and the log has both events", () => {
  const bench = new Bench();
  bench.tell("18 2e 0c");
  bench.controller.raiseEvent(event(0x11));
  bench.controller.raiseEvent(event(0x22));
  expect(bench.tell("18 35").endsWith("ff 11")).toBe(true);
  expect(bench.tell("18 35")).toBe("80");
  expect(bench.tell("28 40").startsWith("00 51 02 00")).toBe(true);
});

test("MF-07: an event that was not logged has the record id FFFFh", () => {
  const bench = new Bench();
  bench.tell("18 2e 04");
  bench.pass(3);
  bench.controller.raiseEvent(event(0x11));
  expect(bench.tell("18 35")).toBe("00 ff ff 02 03 00 00 00 52 00 04 01 30 01 57 ff 11");
  expect(bench.tell("28 43 00 00 00 00 00 ff")).toBe("cb");
});

test("MF-07: system power-up, hard reset and the BMC's start empty the event buffer", () => {
  for (const what of ["systemReset", "powerUp", "cold", "power-on"] as const) {
    const bench = new Bench({ poweredOn: what !== "powerUp" });
    bench.tell("18 2e 0c");
    bench.controller.raiseEvent(event(1));
    expect(bench.controller.messageFlags).toBe(2);
    if (what === "systemReset") bench.controller.systemReset();
    else if (what === "powerUp") bench.controller.powerOn();
    else bench.controller.reset(what);
    expect(bench.controller.messageFlags, what).toBe(0);
    expect(bench.tell("18 35")).toBe("80");
  }
});

test("MF-08: Get Message on an empty queue is answered with 80h exactly", () => {
  expect(new Bench().ask("18 33")).toBe("1c 33 80");
});

test("MF-09: a channel without a message keeps a slot in the queue", () => {
  const bench = new Bench({ channels: [LAN_CHANNEL] });
  bench.tell("18 32 01 01");
  let taken = 0;
  while (bench.controller.queueMessage(message(0, taken))) taken++;
  expect(taken, "two or more for the busy channel").toBe(3);
  expect(bench.controller.queueMessage(message(1, 0x55))).toBe(true);
  expect(bench.controller.queueMessage(message(1, 0x56))).toBe(false);
});

test("MF-10: a full queue refuses and keeps what it has; a disabled channel is refused", () => {
  const bench = new Bench();
  expect(bench.controller.queueMessage(message(0, 1))).toBe(true);
  expect(bench.controller.queueMessage(message(0, 2))).toBe(true);
  expect(bench.controller.queueMessage(message(0, 3))).toBe(false);
  expect(bench.tell("18 33").endsWith("01 01")).toBe(true);
  expect(bench.controller.queueMessage(message(0, 4))).toBe(true);
  expect(bench.tell("18 33").endsWith("01 02")).toBe(true);
  expect(bench.tell("18 33").endsWith("01 04")).toBe(true);
  bench.tell("18 32 00 00");
  expect(bench.controller.queueMessage(message(0, 5))).toBe(false);
});

test("MF-11: only the primary IPMB receives by default; each channel can be switched", () => {
  const bench = new Bench({ channels: [LAN_CHANNEL] });
  expect(bench.tell("18 32 00 02")).toBe("00 00 01");
  expect(bench.tell("18 32 01 02")).toBe("00 01 00");
  expect(bench.controller.queueMessage(message(1, 1))).toBe(false);
  expect(bench.tell("18 32 01 01")).toBe("00 01 01");
  expect(bench.controller.queueMessage(message(1, 1))).toBe(true);
  expect(bench.tell("18 32 00 00")).toBe("00 00 00");
  expect(bench.tell("18 32 02 02")).toBe("cc");
  expect(bench.tell("18 32 0f 02")).toBe("cc");
  expect(bench.tell("18 32 00 03")).toBe("cc");
  bench.controller.reset("cold");
  expect(bench.tell("18 32 00 02")).toBe("00 00 01");
  expect(bench.tell("18 32 01 02")).toBe("00 01 00");
});

test("a message that Get Message could not return is refused at once", () => {
  const bench = new Bench({ systemInterface: { outputBytesMax: 38 } });
  expect(bench.controller.queueMessage(new Uint8Array(36))).toBe(false);
  expect(bench.controller.queueMessage(new Uint8Array(35))).toBe(true);
  expect(bench.ask("18 33").length).toBe(38 * 3 - 1);
});

test("Get Message gives the channel in the low nibble, the privilege level in the high one", () => {
  const bench = new Bench();
  bench.controller.queueMessage(parseHex("40 01 02"));
  expect(bench.tell("18 33")).toBe("00 40 01 02");
});

// Goal: attention stands while, and only while, a flag does; its interrupt when enabled as well.
// Method: every combination of the three sources and of the two interrupt enables.
test("KCS-40, KCS-41: each flag is a cause of attention, enabled or not", () => {
  for (let sources = 0; sources < 8; sources++) {
    for (let interrupts = 0; interrupts < 4; interrupts++) {
      const bench = new Bench();
      bench.tell(`18 2e 0${hex(Uint8Array.of(0x0c | interrupts)).slice(1)}`);
      if ((sources & 1) !== 0) bench.controller.queueMessage(message(0, 1));
      if ((sources & 2) !== 0) bench.controller.raiseEvent(event(1));
      if ((sources & 4) !== 0) bench.tell("18 24 84 30 00 00 00 00");
      if ((sources & 4) !== 0) bench.tell("18 22");
      bench.pass(0.001);
      const flags = (sources & 3) | ((sources & 4) << 1);
      expect(bench.controller.messageFlags).toBe(flags);
      const byReceive = (interrupts & 1) !== 0 && (flags & 0x09) !== 0;
      const byEvent = (interrupts & 2) !== 0 && (flags & 0x02) !== 0;
      expect(bench.controller.attentionInterrupt).toBe(byReceive || byEvent);
      bench.tell("18 30 0b");
      expect(bench.controller.messageFlags).toBe(0);
      expect(bench.controller.attentionInterrupt).toBe(false);
    }
  }
});

test("KCS-40: an event buffer that is the SMI handler's is no cause of attention", () => {
  const bench = new Bench({ systemInterface: { eventBufferInterrupt: 0x14 } });
  bench.tell("18 2e 0e");
  bench.controller.raiseEvent(event(1));
  expect(bench.tell("18 31")).toBe("00 02");
  expect(bench.controller.messageFlags).toBe(0);
  expect(bench.controller.attentionInterrupt).toBe(false);
});

test("changes of flags and enables are told, and nothing else", () => {
  const bench = new Bench();
  const changes = (act: () => unknown) => {
    const before = bench.attentionChanges;
    act();
    return bench.attentionChanges - before;
  };
  expect(changes(() => bench.tell("18 2e 0c"))).toBe(1);
  expect(changes(() => bench.tell("18 2e 0c"))).toBe(0);
  expect(changes(() => bench.controller.raiseEvent(event(1)))).toBe(1);
  expect(changes(() => bench.controller.raiseEvent(event(2)))).toBe(0);
  expect(changes(() => bench.tell("18 31"))).toBe(0);
  expect(changes(() => bench.tell("18 35"))).toBe(1);
  expect(changes(() => bench.tell("18 35"))).toBe(0);
  expect(changes(() => bench.controller.queueMessage(message(0, 1)))).toBe(1);
  expect(changes(() => bench.controller.queueMessage(message(0, 2)))).toBe(0);
  expect(changes(() => bench.tell("18 33"))).toBe(0);
  expect(changes(() => bench.tell("18 33"))).toBe(1);
  expect(changes(() => bench.tell("18 30 ff"))).toBe(0);
});
