import { expect, test } from "vitest";
import { LeasedScheduler, VirtualTime } from "../../src/time/index.ts";

test("what is on the scheduler runs until the lease ends, and nothing after it", () => {
  const time = new VirtualTime();
  const lease = new LeasedScheduler(time.lane("owner"));
  const ran: string[] = [];
  lease.at(10, "early", () => ran.push("early"));
  lease.at(20, "cancelled", () => ran.push("cancelled")).cancel();
  lease.at(40, "late", () => ran.push("late"));
  time.runUntil(30);
  expect(lease.now()).toBe(30);
  lease.end();
  lease.at(50, "afterwards", () => ran.push("afterwards")).cancel();
  time.runUntil(100);
  expect(ran).toEqual(["early"]);
});
