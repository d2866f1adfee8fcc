import { describe, expect, test } from "vitest";
import {
  type BusClock,
  BYTE_US,
  CLOCK_LOW_TIMEOUT_US,
  CONDITION_US,
  Smbus,
} from "../../../src/wire/smbus/bus.ts";
import type { SmbusSlave, SmbusTarget } from "../../../src/wire/smbus/port.ts";
import { runMaster } from "./bus-script.ts";

/** A slave that writes down what it sees, and gives 00h, 01h, 02h, ... */
class Diary implements SmbusTarget {
  readonly slave: SmbusSlave;
  readonly seen: string[] = [];
  acknowledges = true;
  #next = 0;

  constructor(bus: Smbus, address: number) {
    this.slave = bus.attach(address);
    this.slave.connect(this);
  }

  started(read: boolean): boolean {
    this.seen.push(read ? "SR" : "SW");
    return this.acknowledges;
  }

  received(value: number): boolean {
    this.seen.push(value.toString(16));
    return this.acknowledges;
  }

  requested(): number {
    return this.#next++;
  }

  taken(ack: boolean): void {
    this.seen.push(ack ? "more" : "enough");
  }

  stopped(): void {
    this.seen.push("P");
  }

  alertTaken(): void {
    this.seen.push("alert");
  }

  /** What was seen since the last look. */
  news(): string {
    return this.seen.splice(0).join(" ");
  }
}

class StopWatch implements BusClock {
  us = 0;

  now(): number {
    return this.us;
  }

  elapse(us: number): void {
    this.us += us;
  }
}

function bench() {
  const clock = new StopWatch();
  const bus = new Smbus(clock);
  return { clock, bus, device: new Diary(bus, 0x10) };
}

describe("a transaction", () => {
  test("reaches the device that is addressed, byte by byte", () => {
    const { bus, device } = bench();
    runMaster(bus, "S20 w02 w18 P");
    expect(device.news()).toBe("SW 2 18 P");
    runMaster(bus, "S20 w03 S21 r00+ r01+ r02 P");
    expect(device.news()).toBe("SW 3 SR more more enough P");
  });

  test("with an address that is nobody's is not acknowledged, and seen by nobody", () => {
    const { bus, device } = bench();
    runMaster(bus, "S22- w02- P S19- rff P");
    expect(device.news()).toBe("");
  });

  test("what the device does not want is not acknowledged", () => {
    const { bus, device } = bench();
    device.acknowledges = false;
    runMaster(bus, "S20- w02- P");
    expect(device.news()).toBe("SW 2 P");
  });

  test("a repeated START to another device ends it for the first", () => {
    const { bus, device } = bench();
    const other = new Diary(bus, 0x20);
    runMaster(bus, "S20 w02 S40 w07 P");
    expect(device.news()).toBe("SW 2 P");
    expect(other.news()).toBe("SW 7 P");
  });

  test("a STOP without one is harmless", () => {
    const { bus, device } = bench();
    runMaster(bus, "P P");
    expect(device.news()).toBe("");
  });

  test("a byte written in a read, or read in a write, moves nothing", () => {
    const { bus, device } = bench();
    runMaster(bus, "S21 w55- P");
    expect(device.news()).toBe("SR enough P");
    runMaster(bus, "S20 rff+ P");
    expect(device.news()).toBe("SW P");
  });

  // A slave that sends may hold the data line low, so that neither START nor STOP can be made.
  test.each(["P", "S20"])(
    "a slave that sends gets one byte more, unacknowledged, before %s",
    (end) => {
      const { bus, device } = bench();
      runMaster(bus, `S21 r00+ ${end}`);
      expect(device.news()).toBe(`SR more enough ${end === "P" ? "P" : "SW"}`);
    },
  );
});

describe("the bus's time", () => {
  test("each byte and each condition has its own", () => {
    const { bus, clock } = bench();
    runMaster(bus, "S20 w02 w18 P");
    expect(clock.us).toBe(3 * BYTE_US + 2 * CONDITION_US);
  });

  test("a slave that holds the clock delays the step in which it does", () => {
    const { bus, clock, device } = bench();
    runMaster(bus, "S20");
    const before = clock.us;
    device.slave.stretch(700);
    runMaster(bus, "w02");
    expect(clock.us - before).toBe(700 + BYTE_US);
  });

  test("one that holds it for too long defeats the step, and the STOP, until it lets go", () => {
    const { bus, clock, device } = bench();
    runMaster(bus, "S20 w02");
    device.news();
    device.slave.stretch(100_000);
    const before = clock.us;
    runMaster(bus, "wtimeout:18 Ptimeout:");
    expect(clock.us - before).toBe(2 * CLOCK_LOW_TIMEOUT_US);
    expect(device.news()).toBe("");
    device.slave.stretch(0);
    runMaster(bus, "P");
    expect(device.news()).toBe("P");
  });

  test("the longest hold that is allowed is no failure", () => {
    const { bus, device } = bench();
    runMaster(bus, "S20");
    device.slave.stretch(CLOCK_LOW_TIMEOUT_US);
    runMaster(bus, "w02");
    device.slave.stretch(CLOCK_LOW_TIMEOUT_US + 1);
    runMaster(bus, "wtimeout:02");
  });
});

describe("SMBALERT#", () => {
  test("is pulled while any device pulls it", () => {
    const { bus, device } = bench();
    const other = new Diary(bus, 0x08);
    const levels: boolean[] = [];
    bus.onAlert((asserted) => levels.push(asserted));
    device.slave.setAlert(true);
    other.slave.setAlert(true);
    device.slave.setAlert(false);
    expect(bus.alert).toBe(true);
    other.slave.setAlert(false);
    expect(levels).toEqual([true, false]);
  });

  test("the lowest address answers, and lets the line go", () => {
    const { bus, device } = bench();
    const other = new Diary(bus, 0x08);
    device.slave.setAlert(true);
    other.slave.setAlert(true);
    runMaster(bus, "S19 r10 P");
    expect([device.news(), other.news()]).toEqual(["", "alert"]);
    expect(bus.alert).toBe(true);
    runMaster(bus, "S19 r20 P");
    expect(device.news()).toBe("alert");
    expect(bus.alert).toBe(false);
    runMaster(bus, "S19- P");
  });
});
