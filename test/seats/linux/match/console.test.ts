import { expect, test } from "vitest";
import { plain, troubleIn } from "../../../../src/seats/linux/match/console.ts";

test.each([
  [
    "[   72.25] list_add double add: new=ffff895082196400, prev=ffff895082196400",
    "list-corruption",
  ],
  ["[   72.25] kernel BUG at lib/list_debug.c:35!", "bug"],
  ["[  245.1] INFO: task agent:71 blocked for more than 60 seconds.", "hung-task"],
  ["[   61.0] watchdog: BUG: soft lockup - CPU#0 stuck for 26s!", "lockup"],
  ["[   21.0] rcu: INFO: rcu_sched self-detected stall on CPU", "lockup"],
  ["[    1.0] BUG: kernel NULL pointer dereference, address: 0000000000000008", "oops"],
  ["[    2.0] Kernel panic - not syncing: pre-timeout", "panic"],
  ["[    2.0] WARNING: CPU: 0 PID: 9 at kernel/workqueue.c:1", "warning"],
  ["[    2.0] ipmi_si: IPMI kcs interface initialized", undefined],
  ["[    2.0] ipmi device interface", undefined],
])("%s", (line, trouble) => {
  expect(troubleIn(line)).toBe(trouble);
});

test("control codes of the console are taken out", () => {
  expect(plain("\u001bc\u001b[?7l\u001b[2J[    0.0] Linux\r")).toBe("[    0.0] Linux");
});
